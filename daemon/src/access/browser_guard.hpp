// A page in a browser on this machine can reach TCP, not Unix sockets. On TCP, requests of browsers and through proxies
// are refused unless the configuration asks for them (docs/security.md, S8).
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "http/request.hpp"

namespace credcached::access {

/// Why a request over TCP is refused, one sentence; nothing if it is not.
[[nodiscard]] std::optional<std::string_view> refused_as_foreign(const http::request& request,
                                                                 const config::listener& listener,
                                                                 const std::vector<std::string>& cors_origins);

/// The Origin of the request if it is one of `cors_origins`.
[[nodiscard]] std::optional<std::string_view> allowed_origin(const http::request& request,
                                                             const std::vector<std::string>& cors_origins);

}  // namespace credcached::access
