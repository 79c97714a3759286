// Whether a sanitizer watches: some tests look, on purpose, where a program must not.
#pragma once

#include <iostream>
#include <string_view>

namespace credcache::testing {

/// True under a sanitizer, and the test is counted as skipped.
inline bool skipped_when_sanitized([[maybe_unused]] std::string_view test, [[maybe_unused]] std::string_view why) {
#ifdef CREDCACHED_SANITIZED
  std::cout << "SKIP: " << test << ": " << why << '\n' << std::flush;
  return true;
#else
  return false;
#endif
}

}  // namespace credcache::testing
