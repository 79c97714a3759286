// How many connections there are, in all and per uid, against their limits (docs/security.md, S10).
//
// Thread safety: any thread.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <unordered_map>

#include "platform/peer.hpp"

namespace credcached::server {

class connection_quota {
 public:
  void set_limits(std::size_t all, std::size_t per_uid) {
    const std::lock_guard hold(mutex_);
    all_limit_ = all;
    uid_limit_ = per_uid;
  }
  /// Counts a connection in; false if there are as many as there may be. All TCP peers together count as one uid, since
  /// the kernel names none: so they leave room for the others.
  [[nodiscard]] bool admit(const platform::peer& peer) {
    const std::lock_guard hold(mutex_);
    if (all_ >= all_limit_) return false;
    std::size_t& own = by_uid_[peer.uid];
    if (own >= uid_limit_) return false;
    ++own;
    ++all_;
    return true;
  }
  void release(const platform::peer& peer) {
    const std::lock_guard hold(mutex_);
    --all_;
    const auto found = by_uid_.find(peer.uid);
    if (--found->second == 0) by_uid_.erase(found);
  }

 private:
  std::mutex mutex_;
  std::size_t all_limit_ = 0;
  std::size_t uid_limit_ = 0;
  std::size_t all_ = 0;
  std::unordered_map<uid_t, std::size_t> by_uid_;
};

}  // namespace credcached::server
