// How a request carries a credential, and to which hosts (docs/providers.md, `authentication`).
//
// Thread safety: plain values.
// Source:        OpenAPI 3.1, "Security Scheme Object", whose words these are; RFC 7617 (Basic), RFC 6750 (Bearer).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

enum class authentication_scheme : std::uint8_t { basic, bearer, api_key };
/// Where a key stands in a request; the other schemes have the header field Authorization.
enum class key_place : std::uint8_t { header, query, cookie };

/// "header", "query", "cookie".
[[nodiscard]] std::string_view to_string(key_place place) noexcept;

struct authentication {
  authentication_scheme scheme = authentication_scheme::bearer;
  std::size_t username = 0;  ///< basic: position of the variable
  std::size_t secret = 0;    ///< position of the password, token or key
  key_place in = key_place::header;
  std::string field = "Authorization";  ///< of the header, the query or the cookie
  std::string prefix;                   ///< before a key
  std::vector<std::string> hosts;       ///< HOST, HOST:PORT, or {VARIABLE}, whose value is one of these or a URL

  bool operator==(const authentication&) const = default;
};

/// True if `text` is a host as `hosts` has it, with a port or without: a name, an IPv4 address, or an IPv6 one in brackets.
[[nodiscard]] bool is_host(std::string_view text) noexcept;
/// The host that a variable's value names, as `hosts` has it: the value, or that of a URL. Empty: it is neither.
[[nodiscard]] std::string_view host_in(std::string_view value) noexcept;
/// True if `asked` is the host `allowed`, without regard to case. An `allowed` without a port is for each of them.
[[nodiscard]] bool is_same_host(std::string_view allowed, std::string_view asked) noexcept;

}  // namespace credcache::inline v1
#pragma GCC visibility pop
