// What the cache does by itself, passed on: expired and evicted entries to the figures and the audit, an earlier
// deadline to the expiry.
//
// Thread safety: any thread calls it; `deadline_moved` is set once, before the first credential is cached.
#pragma once

#include <functional>
#include <string_view>

#include "api/daemon_facts.hpp"
#include "credcache/observer.hpp"

namespace credcached::server {

class cache_observer final : public credcache::observer {
 public:
  /// `facts` must outlive it; its cache is the one that is watched.
  explicit cache_observer(api::daemon_facts& facts) : facts_(facts) {}

  void expired(credcache::owner_view who, credcache::slot_id slot) noexcept override {
    ++facts_.expired;
    audit("expiry", who, slot);
  }
  void evicted(credcache::owner_view who, credcache::slot_id slot) noexcept override {
    ++facts_.evicted;
    audit("eviction", who, slot);
  }
  void next_deadline_moved(credcache::time_point deadline) noexcept override { deadline_moved(deadline); }

  std::function<void(credcache::time_point)> deadline_moved;

 private:
  void audit(std::string_view event, credcache::owner_view who, credcache::slot_id slot) noexcept;

  api::daemon_facts& facts_;
};

}  // namespace credcached::server
