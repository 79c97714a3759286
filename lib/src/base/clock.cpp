#include "credcache/clock.hpp"

#include <time.h>

namespace credcache::inline v1 {

time_point boot_clock::now() noexcept {
  timespec reading{};
  ::clock_gettime(CLOCK_BOOTTIME, &reading);
  return time_point{std::chrono::seconds{reading.tv_sec} + std::chrono::nanoseconds{reading.tv_nsec}};
}

instant now() noexcept {
  return {boot_clock::now(), std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

}  // namespace credcache::inline v1
