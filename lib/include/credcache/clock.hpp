// Time, as the library sees it: an argument. No function of the library reads a clock by itself.
//
// Deadlines are on CLOCK_BOOTTIME: time asleep counts, setting the wall clock changes nothing. The wall clock serves to
// show a deadline to people and to turn an RFC 3339 `expiresAt` into one when it arrives.
#pragma once

#include <chrono>
#include <cstdint>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// CLOCK_BOOTTIME: nanoseconds since boot, time in suspend included. A C++ clock, but never called by the library.
struct boot_clock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;
  [[nodiscard]] static time_point now() noexcept;
};

using time_point = boot_clock::time_point;
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// One moment on both clocks. Functions that compare with deadlines or show dates take one of these.
struct instant {
  time_point boot;
  wall_time wall;

  /// The wall time at which `deadline` will be reached, as the wall clock stands now.
  [[nodiscard]] wall_time wall_of(time_point deadline) const noexcept {
    return wall + std::chrono::duration_cast<std::chrono::milliseconds>(deadline - boot);
  }
  /// The deadline that stands for the wall time `when`, as the wall clock stands now.
  [[nodiscard]] time_point deadline_of(wall_time when) const noexcept { return boot + (when - wall); }
};

/// Reads both clocks.
[[nodiscard]] instant now() noexcept;

}  // namespace credcache::inline v1
#pragma GCC visibility pop
