// xpanse's four operations on the credentials of a user or an ISV.
#include "api/api.hpp"
#include "api/call.hpp"
#include "api/handlers.hpp"
#include "api/xpanse_json.hpp"

namespace credcached::api {

void list_credentials(call& c) {
  const credcache::csp_definition* only_csp = nullptr;
  if (const auto name = c.request().parameter("cspName")) {
    only_csp = c.find_csp(*name);
    if (only_csp == nullptr) return;
  }
  std::optional<credcache::credential_type> only_type;
  if (const auto text = c.request().parameter("type")) {
    if (!c.read_type(*text, only_type.emplace())) return;
  }
  if (only_csp != nullptr && !c.check_active(*only_csp)) return;
  const auto found = c.service().list(c.owner(), c.now());
  json_writer json = c.ok();
  json.begin_array();
  for (const auto& item : found) {
    const auto* const csp = c.catalog().find_csp(item.key.csp);
    const auto* const definition = csp == nullptr ? nullptr : csp->find(item.key.type, item.key.name);
    if (definition == nullptr) continue;  // its definition is gone; GET /v1/credentials still shows it
    if ((only_csp != nullptr && csp != only_csp) || (only_type && item.key.type != *only_type)) continue;
    if (!c.may(csp->name)) continue;
    begin_item(json, *csp, item.key.site, *definition,
               item.description.empty() ? definition->description : item.description.reveal());
    json.key("userId").string(c.owner().name).key("timeToLive").number(item.time_to_live.count());
    json.key("variables").begin_array();
    for (const auto& variable : item.variables) {
      write_variable(json, definition->variables[variable.index], variable.sensitive,
                     variable.sensitive ? mask : variable.value.reveal());
    }
    json.end_array();
    end_item(json, *csp, item.key.site, *definition);
  }
  json.end_array();
}

// POST and PUT both create or replace.
void add_credential(call& c) {
  const auto request = read_credential_body(c.request().body, c.catalog(), c.self().bounds(), c.now());
  if (!request) return c.fail(request.error());
  c.note(request->key.csp, request->key.site, to_string(request->key.type), request->key.name);
  if (!c.may(request->key.csp)) return c.deny(request->key.csp);
  c.no_content();  // first, so that nothing can go wrong once the credential is there
  auto added = c.service().add(c.owner(), *request, c.now());
  if (!added) return c.fail(problem_of(added.error()));
  c.self().counters().credentials_added.add();
}

void delete_credential(call& c) {
  if (!c.require({"cspName", "siteName", "type", "name"})) return;
  const auto* const csp = c.find_csp(*c.request().parameter("cspName"));
  if (csp == nullptr) return;
  credcache::credential_type type{};
  if (!c.read_type(*c.request().parameter("type"), type)) return;
  const credcache::removal what{csp->name, std::string(*c.request().parameter("siteName")), type,
                                std::string(*c.request().parameter("name"))};
  c.note(csp->name, *what.site, to_string(type), *what.name);
  c.no_content();  // first, as above
  const std::size_t removed = c.service().remove(c.owner(), what, c.now()).size();
  c.note_count(removed);
  c.self().counters().credentials_removed.add(removed);
}

}  // namespace credcached::api
