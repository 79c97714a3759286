// Whether a sanitizer watches: some tests look, on purpose, where a program must not.
#pragma once

namespace credcache::testing {

#ifdef CREDCACHED_SANITIZED
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace credcache::testing
