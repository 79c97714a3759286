#include "credcache/authentication.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "credcache/credential_key.hpp"

namespace credcache::inline v1 {
namespace {

// The text before the port, and the port without its colon; empty if there is none.
struct host_parts {
  std::string_view name, port;
};

host_parts parts_of(std::string_view host) noexcept {
  const std::size_t from = host.starts_with('[') ? std::min(host.find(']'), host.size()) : 0;
  const std::size_t colon = host.find(':', from);
  if (colon == std::string_view::npos) return {host, {}};
  return {host.substr(0, colon), host.substr(colon + 1)};
}

bool is_host_character(char c) noexcept {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
}

}  // namespace

std::string_view to_string(key_place place) noexcept {
  constexpr std::string_view names[] = {"header", "query", "cookie"};
  return names[static_cast<std::size_t>(place)];
}

bool is_host(std::string_view text) noexcept {
  const auto [name, port] = parts_of(text);
  if (name.size() + (port.empty() ? 0 : port.size() + 1) != text.size()) return false;  // a colon without a port
  if (!port.empty() && (port.size() > 5 || !std::ranges::all_of(port, is_digit))) return false;
  if (name.starts_with('['))
    return name.size() > 2 && name.ends_with(']') && std::ranges::all_of(name.substr(1, name.size() - 2), [](char c) {
             return is_alphanumeric(c) || c == ':' || c == '.';
           });
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, is_host_character);
}

std::string_view host_in(std::string_view value) noexcept {
  std::string_view host = value;
  if (const auto scheme = host.find("://"); scheme != std::string_view::npos) {
    host.remove_prefix(scheme + 3);
    host = host.substr(0, host.find_first_of("/?#"));
  }
  return is_host(host) ? host : std::string_view{};
}

bool is_same_host(std::string_view allowed, std::string_view asked) noexcept {
  const auto a = parts_of(allowed), b = parts_of(asked);
  return equal_ignoring_case(a.name, b.name) && (a.port.empty() || a.port == b.port);
}

}  // namespace credcache::inline v1
