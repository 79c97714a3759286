#include "api/routes.hpp"

#include <string>

#include "api/handlers.hpp"

namespace credcached::api {
namespace {

using config::action;
using http::verb;

constexpr route route_table[] = {
    // The native API; first what is asked most.
    {verb::get, "/v1/resolve", "resolve", resolve_by_query, owner_of::any, action::resolve},
    {verb::post, "/v1/resolve", "resolveWithDeployVariables", resolve_by_body, owner_of::any, action::resolve, true},
    {verb::get, "/v1/explain", "explain", explain, owner_of::any, action::list},
    {verb::get, "/v1/credentials", "listInventory", list_inventory, owner_of::any, action::list},
    {verb::delete_, "/v1/credentials", "removeCredentials", remove_credentials, owner_of::any, action::remove},
    {verb::get, "/v1/status", "getStatus", get_status, owner_of::nobody, action::admin},

    // The xpanse contract.
    {verb::get, "/xpanse/credential_types", "getCredentialTypes", get_credential_types},
    {verb::get, "/xpanse/credentials/capabilities", "getCredentialCapabilities", get_capabilities},
    {verb::get, "/xpanse/credentials/openapi/{csp}/{type}", "getCredentialOpenApi", get_openapi_link},
    {verb::get, "/xpanse/csps/active", "getActiveCsps", get_active_csps},
    {verb::get, "/xpanse/csps/{csp}/sites", "getSitesOfCsp", get_sites},
    {verb::get, "/xpanse/user/credentials", "getUserCloudCredentials", list_credentials, owner_of::user, action::list},
    {verb::post, "/xpanse/user/credentials", "addUserCloudCredential", add_credential, owner_of::user, action::add,
     true},
    {verb::put, "/xpanse/user/credentials", "updateUserCloudCredential", add_credential, owner_of::user, action::add,
     true},
    {verb::delete_, "/xpanse/user/credentials", "deleteUserCloudCredential", delete_credential, owner_of::user,
     action::remove},
    {verb::get, "/xpanse/isv/credentials", "getIsvCloudCredentials", list_credentials, owner_of::isv, action::list},
    {verb::post, "/xpanse/isv/credentials", "addIsvCloudCredential", add_credential, owner_of::isv, action::add, true},
    {verb::put, "/xpanse/isv/credentials", "updateIsvCloudCredential", add_credential, owner_of::isv, action::add,
     true},
    {verb::delete_, "/xpanse/isv/credentials", "deleteIsvCloudCredential", delete_credential, owner_of::isv,
     action::remove},

    // Documents, health, figures.
    {verb::get, "/openapi/{document}", "getCredentialOpenApiDocument", get_credential_document},
    {verb::get, "/openapi.json", "getOpenApi", get_openapi},
    {verb::get, "/healthz", "getHealth", get_health},
    {verb::get, "/readyz", "getReadiness", get_readiness},
    {verb::get, "/metrics", "getMetrics", get_metrics, owner_of::nobody, action::admin},
};

bool matches(std::string_view pattern, std::string_view path, std::array<std::string_view, 2>& parameters) noexcept {
  if (pattern.find('{') == std::string_view::npos) return pattern == path;
  std::size_t count = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const std::size_t path_end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = pattern.substr(1, pattern_end - 1);
    const std::string_view text = path.substr(1, path_end - 1);
    if (segment.starts_with('{')) {
      if (text.empty()) return false;
      parameters[count++] = text;
    } else if (segment != text) {
      return false;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  return pattern.empty() && path.empty();
}

}  // namespace

std::span<const route> routes() noexcept {
  return route_table;
}

route_match find_route(http::verb method, std::string_view path) noexcept {
  route_match match;
  const verb wanted = method == verb::head ? verb::get : method;
  for (const route& r : route_table) {
    if (!matches(r.path, path, match.parameters)) continue;
    match.path_known = true;
    if (r.method != wanted) continue;
    match.found = &r;
    return match;
  }
  return match;
}

std::string allowed_methods(std::string_view path) {
  std::string methods;
  std::array<std::string_view, 2> ignored{};
  for (const route& r : route_table) {
    if (!matches(r.path, path, ignored)) continue;
    const auto name = boost::beast::http::to_string(r.method);
    methods += (methods.empty() ? "" : ", ") + std::string(name.data(), name.size());
    if (r.method == verb::get) methods += ", HEAD";
  }
  return methods;
}

}  // namespace credcached::api
