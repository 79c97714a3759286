// The sentence about a csp that no definition has.
//
// Thread safety: pure function.
#pragma once

#include <string>
#include <string_view>

#include "credcache/provider_catalog.hpp"

namespace credcached::api {

/// With the name that was probably meant, if there is one.
[[nodiscard]] std::string unknown_csp(std::string_view found, const credcache::provider_catalog& catalog);

}  // namespace credcached::api
