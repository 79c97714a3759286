// What the library tells its host while it works: things that happen without anybody's request.
//
// Thread safety: called from whichever thread causes the event, with no lock of the library held; must be thread-safe.
// Failure:       must not throw.
#pragma once

#include "credcache/credential.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class observer {
 public:
  virtual ~observer() = default;
  /// The entry's time was over; it is wiped when this returns. credential_cache::key_of tells the slot's key.
  virtual void expired(owner_view owner, slot_id slot) noexcept = 0;
  /// The entry gives way to another one (eviction: soonest-expiry); it is wiped when this returns.
  virtual void evicted(owner_view owner, slot_id slot) noexcept = 0;
  /// The cache's next deadline is now earlier than it was: arm the sweep for it.
  virtual void next_deadline_moved(time_point deadline) noexcept = 0;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
