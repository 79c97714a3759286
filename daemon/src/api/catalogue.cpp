// The xpanse catalogue: types, capabilities, csps, sites.
#include <algorithm>
#include <cctype>

#include "api/call.hpp"
#include "api/handlers.hpp"
#include "api/xpanse_json.hpp"

namespace credcached::api {
namespace {

using credcache::credential_type;

constexpr credential_type all_types[] = {credential_type::variables, credential_type::http_authentication,
                                         credential_type::api_key, credential_type::oauth2};

constexpr std::string_view value_to_come =
    "value to be provided by creating credential or adding environment variables.";

}  // namespace

void get_credential_types(call& c) {
  const auto name = c.request().parameter("cspName");
  const credcache::csp_definition* csp = nullptr;
  if (name) {
    csp = c.find_csp(*name);
    if (csp == nullptr || !c.check_active(*csp)) return;
  }
  json_writer json = c.ok();
  json.begin_array();
  if (csp != nullptr) {
    for (const credential_type type : csp->types()) json.string(to_string(type));
  } else {
    for (const credential_type type : all_types) json.string(to_string(type));
  }
  json.end_array();
}

void get_capabilities(call& c) {
  if (!c.require({"cspName"})) return;
  const auto* const csp = c.find_csp(*c.request().parameter("cspName"));
  if (csp == nullptr) return;
  std::optional<credential_type> type;
  if (const auto text = c.request().parameter("type")) {
    if (!c.read_type(*text, type.emplace())) return;
  }
  if (!c.check_active(*csp)) return;
  const auto name = c.request().parameter("name");
  json_writer json = c.ok();
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

void get_active_csps(call& c) {
  json_writer json = c.ok();
  json.begin_array();
  for (const auto& csp : c.catalog().csps()) {
    if (c.service().missing_requirements(csp).empty()) json.string(csp.name);
  }
  json.end_array();
}

void get_sites(call& c) {
  const auto* const csp = c.find_csp(c.path_parameter(0));
  if (csp == nullptr || !c.check_active(*csp)) return;
  c.ok().strings(csp->sites);
}

}  // namespace credcached::api
