// What the cache does by itself, passed on: expired and evicted entries to the figures, an earlier deadline to the
// expiry.
//
// Thread safety: any thread calls it; `deadline_moved` is set once, before the first credential is cached.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "api/daemon_facts.hpp"
#include "credcache/observer.hpp"

namespace credcached::application {

class cache_watcher final : public credcache::observer {
 public:
  explicit cache_watcher(std::shared_ptr<api::daemon_facts> facts) : facts_(std::move(facts)) {}

  void expired(credcache::owner_view, credcache::slot_id) noexcept override { ++facts_->expired; }
  void evicted(credcache::owner_view, credcache::slot_id) noexcept override { ++facts_->evicted; }
  void next_deadline_moved(credcache::time_point deadline) noexcept override { deadline_moved(deadline); }

  std::function<void(credcache::time_point)> deadline_moved;

 private:
  std::shared_ptr<api::daemon_facts> facts_;
};

}  // namespace credcached::application
