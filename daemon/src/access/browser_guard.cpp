#include "access/browser_guard.hpp"

#include <algorithm>

#include "credcache/credential.hpp"
#include "http/authority.hpp"

namespace credcached::access {
namespace {

using credcache::equal_ignoring_case;
using http::field_id;

bool begins_with(std::string_view name, std::string_view prefix) noexcept {
  return name.size() >= prefix.size() && equal_ignoring_case(name.substr(0, prefix.size()), prefix);
}

bool is_known_host(std::string_view host_field, const config::listener& listener) noexcept {
  const auto named = http::read_authority(host_field);
  if (!named) return false;
  const auto is = [&](std::string_view known) { return http::same_host(named->host, known); };
  return is("127.0.0.1") || is("localhost") || is("[::1]") || std::ranges::any_of(listener.hosts, is);
}

bool is_proxied(const http::header_field& field) noexcept {
  return begins_with(field.name, "X-Forwarded-") || field.id == field_id::forwarded || field.id == field_id::via;
}

}  // namespace

std::optional<std::string_view> allowed_origin(const http::request& request,
                                               const std::vector<std::string>& cors_origins) {
  if (cors_origins.empty()) return std::nullopt;
  const auto origin = request.field(field_id::origin);
  if (!origin || std::find(cors_origins.begin(), cors_origins.end(), *origin) == cors_origins.end())
    return std::nullopt;
  return origin;
}

bool is_navigation(const http::request& request) noexcept {
  return !request.field(field_id::origin) && request.field(field_id::sec_fetch_mode) == "navigate";
}

std::optional<std::string_view> refused_as_foreign(const http::request& request, const config::listener& listener,
                                                   const std::vector<std::string>& cors_origins,
                                                   bool opens_by_navigation) {
  if (!is_known_host(request.field(field_id::host).value_or(""), listener))
    return "The Host field names a host that is not on the list of this listener.";
  if (!listener.trust_proxy && std::ranges::any_of(request.fields(), is_proxied))
    return "Requests through a proxy are refused unless trustProxy is set.";

  // What a proxy serves is one site for the browser, pages and this API alike. A name that only leads to the proxy (DNS
  // rebinding) is not among the hosts, which those that it forwards must be as well.
  const auto origin = request.field(field_id::origin);
  const std::string_view forwarded = http::first_of(request, "X-Forwarded-Host");
  const bool own_host = listener.trust_proxy && (forwarded.empty() || is_known_host(forwarded, listener));
  const bool own_origin = origin && own_host && equal_ignoring_case(*origin, http::origin_of_server(request, true));
  const bool known_origin = own_origin || allowed_origin(request, cors_origins);
  if (origin && !known_origin) return "Requests of this Origin are refused; corsOrigins lists the ones allowed.";
  for (const http::header_field& field : request.fields()) {
    if (field.id != field_id::sec_fetch_site || known_origin) continue;
    const bool own_site = own_host && field.value == "same-origin";
    const bool navigates = opens_by_navigation && !cors_origins.empty() && is_navigation(request);
    if (!own_site && !navigates) return "Requests of browsers are refused unless corsOrigins lists their origin.";
  }
  return std::nullopt;
}

}  // namespace credcached::access
