#include "api/documents/base_url.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace credcached::api {
namespace {

/// DNS names have at most 253 characters; a prefix is a few segments.
constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_prefix = 255;

using credcache::is_alphanumeric;

bool is_port(std::string_view text) noexcept {
  return text.size() <= 5 && credcache::whole_number<std::uint16_t>(text).value_or(0) != 0;
}

struct authority {
  std::string_view host, port;
};

// "name", "1.2.3.4" or "[::1]", and perhaps ":port" (RFC 3986, 3.2).
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

// "/gateway/credentials": no empty or dotted segment, nothing that would need escaping.
bool is_prefix(std::string_view text) noexcept {
  if (!text.starts_with('/') || text.size() > longest_prefix || text.find("//") != std::string_view::npos ||
      text.find("/.") != std::string_view::npos) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '/' || c == '-' || c == '.' || c == '_' || c == '~';
  });
}

// The first element of a list: what the proxy next to the client said.
std::string_view first_of(const http::request& r, std::string_view field) noexcept {
  std::string_view text = r.field(field).value_or("");
  text = text.substr(0, text.find(','));
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string base_url_of(const http::request& r, bool trust_proxy) {
  std::string_view scheme = "http";
  authority found = read_authority(r.field(http::field_id::host).value_or("")).value_or(authority{"localhost", {}});
  std::string_view prefix;
  if (trust_proxy) {
    if (const auto proto = first_of(r, "X-Forwarded-Proto"); proto == "http" || proto == "https") scheme = proto;
    if (const auto host = read_authority(first_of(r, "X-Forwarded-Host"))) found = *host;
    if (const auto port = first_of(r, "X-Forwarded-Port"); is_port(port)) {
      found.port = port == (scheme == "https" ? "443" : "80") ? std::string_view{} : port;
    }
    if (const auto text = first_of(r, "X-Forwarded-Prefix"); is_prefix(text)) prefix = text;
    if (prefix.ends_with('/')) prefix.remove_suffix(1);
  }
  std::string url(scheme);
  url.append("://").append(found.host);
  if (!found.port.empty()) url.append(":").append(found.port);
  return url.append(prefix);
}

}  // namespace credcached::api
