// Counters of one worker, summed up when somebody asks for /metrics.
//
// Labels come from fixed lists only (operation, status, error_type): never a value, an owner or text of a
// caller. Thread safety: one worker counts, any thread may read (relaxed atomics; a sum may be a moment old).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace credcached::metrics {

/// A counter that one thread increments and any thread reads.
class counter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How many kinds of error there are at most; api/pipeline.cpp holds it against the enumeration.
inline constexpr std::size_t most_error_kinds = 32;

/// Aligned to cache lines, so that no worker counts on the line of another one.
struct alignas(64) worker_counters {
  explicit worker_counters(std::size_t routes) : requests(std::make_unique<route_counters[]>(routes + 1)) {}

  struct alignas(64) route_counters {
    std::array<counter, 6> by_class;  ///< index: status / 100
  };
  std::unique_ptr<route_counters[]> requests;  ///< by route; the last one counts what matched no route
  std::array<counter, most_error_kinds> errors;
  counter credentials_added, credentials_removed, credentials_resolved;
  counter failed_turns;  ///< turns of the loop that an exception ended
};

}  // namespace credcached::metrics
