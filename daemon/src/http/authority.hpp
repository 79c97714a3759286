// Host and port as the fields of a request name them, and what a client calls this server.
//
// Thread safety: pure functions.
// Ownership:     results of read_authority() are views into its argument.
// Source:        RFC 3986, 3.2; RFC 9110, 7.2 (Host); the Fetch standard (what an origin is).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/request.hpp"

namespace credcached::http {

struct authority {
  std::string_view host, port;  ///< the port is empty if there is none
};

/// "name", "1.2.3.4" or "[::1]", and perhaps ":port". Nothing for everything else.
[[nodiscard]] std::optional<authority> read_authority(std::string_view text) noexcept;

/// Whether two hosts are one: names are compared without regard to case and to the dot of the root behind them.
[[nodiscard]] bool same_host(std::string_view a, std::string_view b) noexcept;

/// The first element of a field that is a list: what the proxy next to the client said.
[[nodiscard]] std::string_view first_of(const request& r, std::string_view field) noexcept;

/// "https://creds.example:8443", without the port that goes without saying. From Host, or from what a trusted proxy says.
[[nodiscard]] std::string origin_of_server(const request& r, bool trust_proxy);

}  // namespace credcached::http
