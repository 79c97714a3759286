// A token bucket per uid: bursts up to its size, then a steady rate (docs/security.md, S10). Off unless a rate is set.
//
// Thread safety: any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "credcache/clock.hpp"

namespace credcached::access {

class rate_limiter {
 public:
  void configure(std::optional<double> per_second, std::size_t burst) {
    const std::lock_guard hold(mutex_);
    rate_ = per_second.value_or(0);
    burst_ = static_cast<double>(burst);
    on_ = per_second.has_value();
  }

  /// Takes one request out of the bucket of `caller` (a uid, or a token's number above all uids); or says how long to wait
  /// for one.
  [[nodiscard]] std::optional<std::chrono::seconds> take(std::uint64_t caller, credcache::time_point now) {
    if (!on_) return std::nullopt;
    const std::lock_guard hold(mutex_);
    const auto [place, fresh] = buckets_.try_emplace(caller, bucket{burst_, now});
    bucket& b = place->second;
    const double passed = std::chrono::duration<double>(now - b.at).count();
    b.level = std::min(burst_, b.level + passed * rate_);
    b.at = now;
    if (b.level >= 1) {
      b.level -= 1;
      return std::nullopt;
    }
    return std::chrono::seconds{1 + static_cast<std::int64_t>((1 - b.level) / rate_)};
  }

 private:
  struct bucket {
    double level;
    credcache::time_point at;
  };
  std::atomic<bool> on_{false};
  std::mutex mutex_;
  double rate_ = 0;
  double burst_ = 0;
  std::unordered_map<std::uint64_t, bucket> buckets_;
};

}  // namespace credcached::access
