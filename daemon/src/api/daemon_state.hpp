// What changes while the daemon runs and is shared by its workers: cache, counters, rate limits, audit log, draining.
//
// Thread safety: written before the workers start, except the atomics; the parts are thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "access/rate_limiter.hpp"
#include "audit/audit_log.hpp"
#include "audit/refusal_bursts.hpp"
#include "credcache/credential_cache.hpp"
#include "http/memory_budget.hpp"
#include "metrics/counters.hpp"

namespace credcached::api {

struct daemon_state {
  std::shared_ptr<credcache::credential_cache> cache;
  std::vector<std::shared_ptr<metrics::worker_counters>> counters;  ///< one per worker
  access::rate_limiter rate_limiter;
  audit::audit_log audit;
  audit::refusal_bursts refusals;
  std::shared_ptr<http::memory_budget> memory = std::make_shared<http::memory_budget>();
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> expired{0}, evicted{0}, reloads{0}, reload_failures{0}, connections{0},
      connections_refused{0};

  // What stays as it was at the start.
  credcache::instant started{};
  std::vector<std::string> listeners;
  std::string key_memory;
  bool memory_locked = false;
};

}  // namespace credcached::api
