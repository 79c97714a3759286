// What the library tells its host while it works: things that happen without anybody's request.
//
// Thread safety: called from whichever thread causes the event, with no lock of the library held except where it says so.
//                An implementation shared by several services must be thread-safe.
// Failure:       must not throw.
#pragma once

#include "credcache/credential.hpp"

namespace credcache {

class observer {
 public:
  virtual ~observer() = default;
  /// The entry's time was over; it has been wiped.
  virtual void expired(const owner& who, const credential_key& key) noexcept = 0;
  /// The entry gave way to another one (eviction: soonest-expiry); it has been wiped.
  virtual void evicted(const owner& who, const credential_key& key) noexcept = 0;
  /// The cache's next deadline is now earlier than it was: arm the sweep for it.
  virtual void next_deadline_moved(time_point deadline) noexcept = 0;
};

}  // namespace credcache
