#include "outgoing/protocol/url.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "base/text.hpp"

namespace credcached::outgoing {

namespace {

constexpr std::size_t longest_name = 253;  // of a name in the DNS (RFC 1035), as text

template <int Family, std::size_t Size>
bool reads_as(std::string_view host) noexcept {
  char text[INET6_ADDRSTRLEN + 1]{};
  unsigned char address[Size];
  if (host.empty() || host.size() >= sizeof text) return false;
  host.copy(text, host.size());
  return host.find('\0') == std::string_view::npos && ::inet_pton(Family, text, address) == 1;
}

bool is_v4(std::string_view host) noexcept {
  return reads_as<AF_INET, 4>(host);
}
bool is_v6(std::string_view host) noexcept {
  return reads_as<AF_INET6, 16>(host);
}

// "127.1", "0x7f000001": old readers take them for addresses.
bool ends_in_number(std::string_view host) noexcept {
  const auto last = host.substr(host.rfind('.') + 1);
  return std::ranges::all_of(last, credcache::is_digit) || last.starts_with("0x") || last.starts_with("0X");
}

bool is_name(std::string_view host) noexcept {
  if (host.empty() || host.size() > longest_name || ends_in_number(host)) return false;
  char before = '.';
  for (const char c : host) {
    if (c == '.' ? before == '.' : !credcache::is_alphanumeric(c) && c != '-' && c != '_') return false;
    before = c;
  }
  return before != '.';
}

bool is_target(std::string_view text) noexcept {
  return text.starts_with('/') && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

}  // namespace

bool is_address(std::string_view host) noexcept {
  return is_v4(host) || is_v6(host);
}

std::optional<host_and_port> parse_authority(std::string_view text) noexcept {
  host_and_port found;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    found.host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    if (!is_v6(found.host)) return std::nullopt;
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    found.host = text.substr(0, colon);
    rest = text.substr(colon);
    if (!is_v4(found.host) && !is_name(found.host)) return std::nullopt;
  }
  if (rest.empty()) return found;
  const auto port = rest.starts_with(':') ? credcache::whole_number<std::uint16_t>(rest.substr(1)) : std::nullopt;
  if (!port || *port == 0) return std::nullopt;
  found.port = *port;
  return found;
}

std::optional<url> parse_url(std::string_view text) noexcept {
  url found;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
    found.https = false;
  } else {
    return std::nullopt;
  }
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  found.authority = text.substr(0, slash);
  found.target = text.substr(slash);
  const auto authority = parse_authority(found.authority);
  if (!authority || !is_target(found.target)) return std::nullopt;
  found.host = authority->host;
  found.port = authority->port;
  if (found.port == 0) found.port = found.https ? 443 : 80;
  return found;
}

}  // namespace credcached::outgoing
