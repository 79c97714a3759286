// What a test says when it cannot be made here; and whether a sanitizer watches, since some tests look, on purpose,
// where a program must not.
#pragma once

#include <iostream>
#include <string_view>

namespace credcache::testing {

/// Says so where `./dev test` counts it; true, for the caller's condition.
inline bool skipped(std::string_view test, std::string_view why) {
  std::cout << "SKIP: " << test << ": " << why << '\n' << std::flush;
  return true;
}

#ifdef CREDCACHED_SANITIZED
inline bool skipped_when_sanitized(std::string_view test, std::string_view why) {
  return skipped(test, why);
}
#else
inline bool skipped_when_sanitized(std::string_view, std::string_view) {
  return false;
}
#endif

}  // namespace credcache::testing
