#include "access/browser_guard.hpp"

#include <algorithm>

#include "credcache/credential.hpp"

namespace credcached::access {
namespace {

// The name of a Host field without its port (RFC 9110, 7.2).
std::string_view host_name(std::string_view host) noexcept {
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  return has_port ? host.substr(0, colon) : host;
}

bool begins_with(std::string_view name, std::string_view prefix) noexcept {
  return name.size() >= prefix.size() && credcache::equal_ignoring_case(name.substr(0, prefix.size()), prefix);
}

}  // namespace

std::optional<std::string_view> allowed_origin(const http::request& request,
                                               const std::vector<std::string>& cors_origins) {
  if (cors_origins.empty()) return std::nullopt;
  const auto origin = request.field(http::field_id::origin);
  if (!origin || std::find(cors_origins.begin(), cors_origins.end(), *origin) == cors_origins.end())
    return std::nullopt;
  return origin;
}

std::optional<std::string_view> refused_as_foreign(const http::request& request, const config::listener& listener,
                                                   const std::vector<std::string>& cors_origins) {
  const std::string_view host = host_name(request.field(http::field_id::host).value_or(""));
  const bool known_host = host == "127.0.0.1" || host == "localhost" || host == "[::1]" ||
                          std::find(listener.hosts.begin(), listener.hosts.end(), host) != listener.hosts.end();
  if (!known_host) return "The Host field names a host that is not on the list of this listener.";
  const bool known_origin = allowed_origin(request, cors_origins).has_value();
  if (request.field(http::field_id::origin) && !known_origin)
    return "Requests of this Origin are refused; corsOrigins lists the ones allowed.";
  for (const http::header_field& field : request.fields()) {
    if (begins_with(field.name, "Sec-Fetch-") && !known_origin)
      return "Requests of browsers are refused unless corsOrigins lists their origin.";
    const bool proxied = begins_with(field.name, "X-Forwarded-") || field.id == http::field_id::forwarded ||
                         field.id == http::field_id::via;
    if (proxied && !listener.trust_proxy) return "Requests through a proxy are refused unless trustProxy is set.";
  }
  return std::nullopt;
}

}  // namespace credcached::access
