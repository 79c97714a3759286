// The hosts that a joined credential is for.
//
// Thread safety: pure functions. Failure: std::bad_alloc.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "credcache/authentication.hpp"
#include "credcache/resolution.hpp"

namespace credcache::inline v1 {

/// Those that the definition names, and those that its variables do; a value that names none is left out.
[[nodiscard]] std::vector<std::string> presented_hosts(const authentication& how,
                                                       std::span<const resolved_variable> variables);

}  // namespace credcache::inline v1
