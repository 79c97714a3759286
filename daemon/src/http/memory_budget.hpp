// How many bytes all connections of the daemon may hold for requests on their way: answers that their clients have not
// taken yet, and bodies that have not come whole. One user may hold half of it, so that others are served meanwhile.
//
// Thread safety: any thread.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace credcached::http {

class memory_budget {
 public:
  explicit memory_budget(std::size_t limit = std::size_t{64} << 20) noexcept : limit_(limit) {}

  void set_limit(std::size_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }

  /// True if `uid` may hold `wanted` bytes more. Costs nothing while less than half is in use.
  [[nodiscard]] bool has_room(uid_t uid, std::size_t wanted) {
    const std::size_t limit = limit_.load(std::memory_order_relaxed);
    if (in_use() + wanted <= limit / 2) [[likely]]
      return true;
    const std::lock_guard hold(mutex_);
    const auto own = by_uid_.find(uid);
    return in_use() + wanted <= limit && (own == by_uid_.end() ? 0 : own->second) + wanted <= limit / 2;
  }

  /// What a connection of `uid` holds has changed from `before` to `now` bytes. Without memory to count it by user, it is
  /// counted in the sum.
  void change(uid_t uid, std::size_t before, std::size_t now) noexcept {
    in_use_.fetch_add(now - before, std::memory_order_relaxed);  // unsigned: wraps to a subtraction
    try {
      const std::lock_guard hold(mutex_);
      const auto own = by_uid_.try_emplace(uid, 0).first;
      own->second += now > before || own->second >= before - now ? now - before : std::size_t{0} - own->second;
      if (own->second == 0) by_uid_.erase(own);
    } catch (const std::bad_alloc&) {
    }
  }

  /// Requests refused because there was no room.
  std::atomic<std::uint64_t> refused{0};
  /// Answers dropped with their connection because their credential had died before the client took them.
  std::atomic<std::uint64_t> dropped{0};

 private:
  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> in_use_{0};
  std::mutex mutex_;
  std::unordered_map<uid_t, std::size_t> by_uid_;
};

}  // namespace credcached::http
