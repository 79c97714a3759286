// xpanse's four operations on the credentials of a user or an ISV.
#include "api/handlers.hpp"
#include "api/pipeline.hpp"
#include "api/request_context.hpp"
#include "api/xpanse/xpanse_json.hpp"

namespace credcached::api {

void list_credentials(request_context& context) {
  const credcache::csp_definition* only_csp = nullptr;
  if (const auto name = context.request().parameter("cspName")) {
    only_csp = context.find_csp(*name);
    if (only_csp == nullptr) return;
  }
  std::optional<credcache::credential_type> only_type;
  if (const auto text = context.request().parameter("type")) {
    if (!context.read_type(*text, only_type.emplace())) return;
  }
  if (only_csp != nullptr && !context.check_active(*only_csp)) return;
  const auto found = context.service().list(context.owner(), context.now());
  json::json_writer json = context.ok();
  json.begin_array();
  for (const auto& item : found) {
    const auto* const csp = context.catalog().find_csp(item.key.csp);
    const auto* const definition = csp == nullptr ? nullptr : csp->find(item.key.type, item.key.name);
    if (definition == nullptr) continue;  // its definition is gone; GET /v1/credentials still shows it
    if ((only_csp != nullptr && csp != only_csp) || (only_type && item.key.type != *only_type)) continue;
    if (!context.may(csp->name)) continue;
    begin_item(json, *csp, item.key.site, *definition,
               item.description.empty() ? definition->description : item.description.reveal());
    json.key("userId").string(context.owner().name).key("timeToLive").number(item.time_to_live.count());
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
void add_credential(request_context& context) {
  const auto request =
      read_credential_body(context.request().body, context.catalog(), context.self().bounds(), context.now());
  if (!request) return context.fail(request.error());
  context.note(request->key.csp, request->key.site, to_string(request->key.type), request->key.name);
  if (!context.may(request->key.csp)) return context.deny(request->key.csp);
  context.no_content();  // first, so that nothing can go wrong once the credential is there
  auto added = context.service().add(context.owner(), *request, context.now());
  if (!added) return context.fail(error_from(added.error()));
  context.self().counters().credentials_added.add();
}

void delete_credential(request_context& context) {
  if (!context.require({"cspName", "siteName", "type", "name"})) return;
  const auto* const csp = context.find_csp(*context.request().parameter("cspName"));
  if (csp == nullptr) return;
  credcache::credential_type type{};
  if (!context.read_type(*context.request().parameter("type"), type)) return;
  const credcache::removal what{csp->name, std::string(*context.request().parameter("siteName")), type,
                                std::string(*context.request().parameter("name"))};
  context.note(csp->name, *what.site, to_string(type), *what.name);
  context.no_content();  // first, as above
  const std::size_t removed = context.service().remove(context.owner(), what, context.now()).size();
  context.note_count(removed);
  context.self().counters().credentials_removed.add(removed);
}

}  // namespace credcached::api
