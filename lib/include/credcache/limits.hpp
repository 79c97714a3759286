// What one credential may hold at most, for everybody who checks it: the catalog, the service, the daemon's settings.
#pragma once

#include <cstddef>

namespace credcache {

inline constexpr std::size_t longest_value = 65'535;  ///< bytes of a value, or of a description
inline constexpr std::size_t most_variables = 64;     ///< of one credential

}  // namespace credcache
