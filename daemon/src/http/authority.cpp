#include "http/authority.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <cstdint>

#include "base/text.hpp"

namespace credcached::http {
namespace {

/// A DNS name has at most 253 characters; with the dot of the root behind it, and with brackets, it still fits.
constexpr std::size_t longest_host = 255;

using credcache::is_alphanumeric;

bool is_port(std::string_view text) noexcept {
  return text.size() <= 5 && credcache::whole_number<std::uint16_t>(text).value_or(0) != 0;
}

}  // namespace

std::optional<authority> read_authority(std::string_view text) noexcept {
  const bool literal = text.starts_with('[');
  const std::size_t end = literal ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, end);
  const std::string_view inner = literal && end >= 2 ? host.substr(1, end - 2) : host;
  const bool good = std::all_of(inner.begin(), inner.end(), [&](char c) {
    const bool hexadecimal = is_alphanumeric(c) && credcache::to_lower(c) <= 'f';
    return literal ? hexadecimal || c == ':' || c == '.' : is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
  });
  if (inner.empty() || !good || host.size() > longest_host) return std::nullopt;
  if (end == text.size()) return authority{host, {}};
  if (text[end] != ':' || !is_port(text.substr(end + 1))) return std::nullopt;
  return authority{host, text.substr(end + 1)};
}

bool same_host(std::string_view a, std::string_view b) noexcept {
  const auto without_root = [](std::string_view host) {
    return host.size() > 1 && host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
  };
  return boost::beast::iequals(without_root(a), without_root(b));
}

std::string_view first_of(const request& r, std::string_view field) noexcept {
  std::string_view text = r.field(field).value_or("");
  text = text.substr(0, text.find(','));
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string origin_of_server(const request& r, bool trust_proxy) {
  std::string_view scheme = "http";
  authority found = read_authority(r.field(field_id::host).value_or("")).value_or(authority{"localhost", {}});
  if (trust_proxy) {
    if (const auto proto = first_of(r, "X-Forwarded-Proto"); proto == "http" || proto == "https") scheme = proto;
    if (const auto host = read_authority(first_of(r, "X-Forwarded-Host"))) found = *host;
    if (const auto port = first_of(r, "X-Forwarded-Port"); is_port(port)) found.port = port;
  }
  if (found.port == (scheme == "https" ? "443" : "80")) found.port = {};
  std::string origin(scheme);
  origin.append("://").append(found.host);
  if (!found.port.empty()) origin.append(":").append(found.port);
  return origin;
}

}  // namespace credcached::http
