// What all workers of a daemon share: figures for /v1/status and /metrics, and whether it is on its way out.
//
// Thread safety: written before the workers start, except the atomics; the cache is thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "access/rate_limiter.hpp"
#include "audit/audit_log.hpp"
#include "credcache/credential_cache.hpp"
#include "metrics/counters.hpp"

namespace credcached::api {

struct daemon_facts {
  std::shared_ptr<credcache::credential_cache> cache;
  credcache::instant started{};
  std::vector<std::string> listeners;
  std::string key_source;
  std::string key_memory;
  bool memory_locked = false;
  unsigned workers = 1;
  std::vector<std::shared_ptr<metrics::worker_counters>> counters;  ///< one per worker
  access::rate_limiter requests;
  audit::audit_log audit;
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> expired{0}, evicted{0}, reloads{0}, reload_failures{0}, connections{0},
      connections_refused{0};
};

}  // namespace credcached::api
