// What the cache does by itself, passed on: expired and evicted entries to the figures and the audit, an earlier
// deadline to the expiry.
//
// Thread safety: any thread calls it; `deadline_moved` is set once, before the first credential is cached.
#pragma once

#include <functional>
#include <string_view>

#include "api/daemon_state.hpp"
#include "credcache/observer.hpp"

namespace credcached::server {

class cache_observer final : public credcache::observer {
 public:
  /// `state` must outlive it.
  explicit cache_observer(api::daemon_state& state) : state_(state) {}

  void expired(credcache::owner_view owner, credcache::credential_key_view key) noexcept override {
    ++state_.expired;
    audit("expiry", owner, key);
  }
  void evicted(credcache::owner_view owner, credcache::credential_key_view key) noexcept override {
    ++state_.evicted;
    audit("eviction", owner, key);
  }
  void next_deadline_moved(credcache::time_point deadline) noexcept override { deadline_moved(deadline); }

  std::function<void(credcache::time_point)> deadline_moved;

 private:
  void audit(std::string_view event, credcache::owner_view owner, credcache::credential_key_view key) noexcept;

  api::daemon_state& state_;
};

}  // namespace credcached::server
