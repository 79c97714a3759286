#include "api/routes.hpp"

#include <algorithm>
#include <string>

#include "api/handlers.hpp"

namespace credcached::api {
namespace {

using config::action;
using http::verb;

constexpr route_group native{.name = "native", .takes_unknown_parameters = false};
constexpr route_group xpanse{.name = "xpanse"};
constexpr route_group documents{.name = "documents", .opens_by_navigation = true};
constexpr route_group figures{.name = "figures"};

constexpr parameter_names of_explain{"csp", "site", "type", "name", "profile", "noProfile", "minTtl", "purpose"};
constexpr parameter_names of_resolve{"csp",       "site",   "type",    "name", "profile",
                                     "noProfile", "minTtl", "purpose", "host", "format"};
constexpr parameter_names of_list{"csp", "profile", "noProfile"};
constexpr parameter_names of_removal{"csp", "site", "type", "name", "profile", "noProfile", "id", "all"};
constexpr parameter_names of_filter{"cspName", "type"};
constexpr parameter_names of_deletion{"cspName", "siteName", "type", "name"};

constexpr route route_table[] = {
    // The native API; first what is asked most.
    {&native, verb::get, "/v1/resolve", "resolve", resolve_by_query, owner_source::any, action::resolve, of_resolve},
    {&native,
     verb::post,
     "/v1/resolve",
     "resolveWithDeployVariables",
     resolve_by_body,
     owner_source::any,
     action::resolve,
     {"format"},
     true},
    {&native, verb::get, "/v1/explain", "explain", explain, owner_source::any, action::list, of_explain},
    {&native, verb::get, "/v1/credentials", "listInventory", list_inventory, owner_source::any, action::list, of_list},
    {&native, verb::get, "/v1/credentials/all", "listAllOwners", list_all_owners, owner_source::nobody, action::list,
     of_list},
    {&native,
     verb::post,
     "/v1/credentials",
     "addCredential",
     add_native_credential,
     owner_source::any,
     action::add,
     {},
     true},
    {&native, verb::delete_, "/v1/credentials", "removeCredentials", remove_credentials, owner_source::any,
     action::remove, of_removal},
    {&native, verb::get, "/v1/status", "getStatus", get_status, owner_source::nobody, action::admin},

    // The xpanse contract.
    {&xpanse,
     verb::get,
     "/xpanse/credential_types",
     "getCredentialTypes",
     get_credential_types,
     owner_source::nobody,
     action::list,
     {"cspName"}},
    {&xpanse,
     verb::get,
     "/xpanse/credentials/capabilities",
     "getCredentialCapabilities",
     get_capabilities,
     owner_source::nobody,
     action::list,
     {"cspName", "type", "name"}},
    {&xpanse, verb::get, "/xpanse/credentials/openapi/{csp}/{type}", "getCredentialOpenApi", get_openapi_link},
    {&xpanse, verb::get, "/xpanse/csps/active", "getActiveCsps", get_active_csps},
    {&xpanse, verb::get, "/xpanse/csps/{csp}/sites", "getSitesOfCsp", get_sites},
    {&xpanse, verb::get, "/xpanse/user/credentials", "getUserCloudCredentials", list_credentials, owner_source::user,
     action::list, of_filter},
    {&xpanse,
     verb::post,
     "/xpanse/user/credentials",
     "addUserCloudCredential",
     add_credential,
     owner_source::user,
     action::add,
     {},
     true},
    {&xpanse,
     verb::put,
     "/xpanse/user/credentials",
     "updateUserCloudCredential",
     add_credential,
     owner_source::user,
     action::add,
     {},
     true},
    {&xpanse, verb::delete_, "/xpanse/user/credentials", "deleteUserCloudCredential", delete_credential,
     owner_source::user, action::remove, of_deletion},
    {&xpanse, verb::get, "/xpanse/isv/credentials", "getIsvCloudCredentials", list_credentials, owner_source::isv,
     action::list, of_filter},
    {&xpanse,
     verb::post,
     "/xpanse/isv/credentials",
     "addIsvCloudCredential",
     add_credential,
     owner_source::isv,
     action::add,
     {},
     true},
    {&xpanse,
     verb::put,
     "/xpanse/isv/credentials",
     "updateIsvCloudCredential",
     add_credential,
     owner_source::isv,
     action::add,
     {},
     true},
    {&xpanse, verb::delete_, "/xpanse/isv/credentials", "deleteIsvCloudCredential", delete_credential,
     owner_source::isv, action::remove, of_deletion},

    // Documents; health and figures.
    {&documents, verb::get, "/openapi/{document}", "getCredentialOpenApiDocument", get_credential_document},
    {&documents, verb::get, "/openapi.json", "getOpenApi", get_openapi},
    {&figures, verb::get, "/healthz", "getHealth", get_health},
    {&figures, verb::get, "/readyz", "getReadiness", get_readiness},
    {&figures, verb::get, "/metrics", "getMetrics", get_metrics, owner_source::nobody, action::admin},
};

static_assert(std::ranges::all_of(route_table, [](const route& r) {
  return static_cast<std::size_t>(std::ranges::count(r.path, '{')) <= path_parameters{}.size();
}));

// A browser that follows a link has no caller: such a route may ask for none.
static_assert(std::ranges::all_of(route_table, [](const route& r) {
  return !r.group->opens_by_navigation || (r.owner == owner_source::nobody && r.access == action::list);
}));

bool matches(std::string_view pattern, std::string_view path, path_parameters& parameters) noexcept {
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

route_match find_route(std::span<const route> table, http::verb method, std::string_view path,
                       config::listener::kind transport) noexcept {
  route_match match;
  const verb wanted = method == verb::head ? verb::get : method;
  for (const route& r : table) {
    const bool served =
        r.group->listeners == served_on::every_listener || transport == config::listener::kind::unix_socket;
    if (!served || !matches(r.path, path, match.parameters)) continue;
    match.path_known = true;
    if (r.method != wanted) continue;
    match.found = &r;
    return match;
  }
  return match;
}

std::string allowed_methods(std::span<const route> table, std::string_view path) {
  std::string methods;
  path_parameters ignored{};
  for (const route& r : table) {
    if (!matches(r.path, path, ignored)) continue;
    const auto name = boost::beast::http::to_string(r.method);
    methods += (methods.empty() ? "" : ", ") + std::string(name.data(), name.size());
    if (r.method == verb::get) methods += ", HEAD";
  }
  return methods;
}

}  // namespace credcached::api
