// Clocks and random numbers that are the same in every run, so that a target makes the same of the same inputs: they stand in
// for lib/src/base/clock.cpp and for the kernel's getrandom. libFuzzer's own clock is another one.
#include <sys/random.h>

#include <cstdint>

#include "credcache/clock.hpp"

namespace {

constexpr std::chrono::milliseconds between_two_readings{1};

std::uint64_t next_random() {  // splitmix64
  static std::uint64_t state = 0;
  std::uint64_t z = state += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

extern "C" ssize_t getrandom(void* out, std::size_t size, unsigned) {
  auto* const bytes = static_cast<unsigned char*>(out);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(next_random());
  return static_cast<ssize_t>(size);
}

namespace credcache::inline v1 {

time_point boot_clock::now() noexcept {
  static time_point reading{std::chrono::hours{1}};
  return reading += between_two_readings;
}

instant now() noexcept {
  constexpr wall_time boot{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  const time_point reading = boot_clock::now();
  return {reading, boot + std::chrono::duration_cast<std::chrono::milliseconds>(reading.time_since_epoch())};
}

}  // namespace credcache::inline v1
