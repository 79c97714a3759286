// The xpanse catalog: types, capabilities, csps, sites.
#include <algorithm>
#include <cctype>

#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "api/xpanse/xpanse_json.hpp"

namespace credcached::api {
namespace {

using credcache::credential_type;

constexpr credential_type all_types[] = {credential_type::variables, credential_type::http_authentication,
                                         credential_type::api_key, credential_type::oauth2};

}  // namespace

void get_credential_types(request_context& context) {
  const auto name = context.filter("cspName");
  const credcache::csp_definition* csp = nullptr;
  if (name) {
    csp = context.find_csp(*name);
    if (csp == nullptr || !context.check_active(*csp)) return;
  }
  json::json_writer json = context.ok();
  json.begin_array();
  if (csp != nullptr) {
    for (const credential_type type : csp->types()) json.string(to_string(type));
  } else {
    for (const credential_type type : all_types) json.string(to_string(type));
  }
  json.end_array();
}

void get_capabilities(request_context& context) {
  if (!context.require({"cspName"})) return;
  const auto* const csp = context.find_csp(*context.request.parameter("cspName"));
  if (csp == nullptr) return;
  std::optional<credential_type> type;
  if (const auto text = context.filter("type")) {
    if (!context.read_type(*text, type.emplace())) return;
  }
  if (!context.check_active(*csp)) return;
  const auto name = context.filter("name");
  json::json_writer json = context.ok();
  json.begin_array();
  for (const auto& definition : csp->credentials) {
    if ((type && definition.type != *type) || (name && definition.name != *name)) continue;
    begin_item(json, *csp, csp->sites.front(), definition, definition.description);
    json.key("userId").null().key("timeToLive").null().key("variables").begin_array();
    for (const auto& variable : definition.variables) {
      write_variable(json, variable, variable.sensitive, value_to_come);
    }
    json.end_array();
    end_item(json, *csp, csp->sites.front(), definition);
  }
  json.end_array();
}

void get_active_csps(request_context& context) {
  json::json_writer json = context.ok();
  json.begin_array();
  for (const auto& csp : context.catalog().csps()) {
    if (context.service().missing_requirements(csp).empty()) json.string(csp.name);
  }
  json.end_array();
}

void get_sites(request_context& context) {
  const auto* const csp = context.find_csp(context.path_parameter(0));
  if (csp == nullptr || !context.check_active(*csp)) return;
  context.ok().strings(csp->sites);
}

}  // namespace credcached::api
