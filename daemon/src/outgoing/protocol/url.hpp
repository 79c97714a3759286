// An absolute URL, taken apart. Only what an exchange needs is taken: no user information, no fragment, no other schemes.
//
// Thread safety: pure functions.
// Ownership:     the parts are views into the text.
// Source:        RFC 9110, 4.2 (http, https) and 7.2 (Host); RFC 9112, 3.2.2 (absolute-form). A host that looks like a
//                number has to be an address in its one usual form, since readers differ about the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace credcached::outgoing {

struct url {
  bool https = true;
  std::string_view authority;  ///< host and perhaps port, as they go into Host
  std::string_view host;       ///< a name or an address, the latter without brackets
  std::uint16_t port = 443;
  std::string_view target;  ///< path and query, from the first slash
};

/// Nothing if it is no such URL.
[[nodiscard]] std::optional<url> parse_url(std::string_view text) noexcept;

/// Splits "HOST", "HOST:PORT", "[V6]" or "[V6]:PORT"; the port is 0 if there is none.
struct host_and_port {
  std::string_view host;
  std::uint16_t port = 0;
};
[[nodiscard]] std::optional<host_and_port> parse_authority(std::string_view text) noexcept;

/// Whether a host is an address: 192.0.2.1, or 2001:db8::1 without brackets.
[[nodiscard]] bool is_address(std::string_view host) noexcept;

}  // namespace credcached::outgoing
