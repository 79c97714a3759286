// What the cache tells its host while it works: things that happen without anybody's request. Override what you need.
//
// Thread safety: called from whichever thread causes the event, with no lock of the library held; must be thread-safe.
//                It may call the cache, but no credential_service of another thread.
// Ownership:     owner and key hold for the length of the call.
// Failure:       must not throw.
#pragma once

#include "credcache/clock.hpp"
#include "credcache/credential_key.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class observer {
 public:
  virtual ~observer() = default;
  /// The entry's time was over; it is wiped when this returns.
  virtual void expired(owner_view /*owner*/, credential_key_view /*key*/) noexcept {}
  /// The entry gives way to another one (eviction_policy::soonest_expiry); it is wiped when this returns.
  virtual void evicted(owner_view /*owner*/, credential_key_view /*key*/) noexcept {}
  /// The cache's next deadline is now earlier than it was: arm the sweep for it.
  virtual void next_deadline_moved(time_point /*deadline*/) noexcept {}
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
