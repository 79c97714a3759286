// A page in a browser on this machine can reach TCP, not Unix sockets. On TCP, requests of browsers and through proxies
// are refused unless the configuration asks for them (docs/security.md, S8).
//
// Browsers are known by Origin and Sec-Fetch-Site, which no page can change or leave out; other programs, such as Node's
// fetch, send Sec-Fetch-Mode as well.
//
// Thread safety: pure functions.
// Source:        the Fetch standard and Fetch Metadata Request Headers (W3C).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "http/request.hpp"

namespace credcached::access {

/// Why a request over TCP is refused, one sentence; nothing if it is not. `opens_by_navigation`: it asks for a document
/// without secrets, which a browser of a user who follows a link may show.
[[nodiscard]] std::optional<std::string_view> refused_as_foreign(const http::request& request,
                                                                 const config::listener& listener,
                                                                 const std::vector<std::string>& cors_origins,
                                                                 bool opens_by_navigation);

/// The Origin of the request if it is one of `cors_origins`.
[[nodiscard]] std::optional<std::string_view> allowed_origin(const http::request& request,
                                                             const std::vector<std::string>& cors_origins);

/// Whether a browser follows a link, or a user has typed the address: it sends neither an Origin nor a token then.
[[nodiscard]] bool is_navigation(const http::request& request) noexcept;

}  // namespace credcached::access
