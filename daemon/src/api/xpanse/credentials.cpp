// xpanse's four operations on the credentials of a user or an ISV, and POST /v1/credentials.
// xpanse knows no profiles: they see and touch those without one, but for a body that names one.
#include <algorithm>

#include "api/credential_list.hpp"
#include "api/daemon_state.hpp"
#include "api/handlers.hpp"
#include "api/xpanse/credential_body.hpp"
#include "api/xpanse/xpanse_json.hpp"

namespace credcached::api {
namespace {

void write_item(request_context& context, json::json_writer& json, const credcache::listed_credential& item,
                credcache::instant) {
  const auto* const csp = context.catalog().find_csp(item.key.csp);
  const auto* const definition = csp->find(item.key.type, item.key.name);
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

// RFC 9110, 13.1.2: only if there is none. Nothing here has an entity tag that another value could name.
bool adds_only(const http::request& request) {
  return request.field(http::field_id::if_none_match) == "*";
}

constexpr std::string_view representation = "return=representation";

// RFC 7240: whoever asks for it is told what has become of the credential; xpanse's clients get 204.
bool wants_representation(const http::request& request) {
  std::string_view rest = request.field(http::field_id::prefer).value_or("");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    std::string_view preference = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (preference.starts_with(' ')) preference.remove_prefix(1);
    while (preference.ends_with(' ')) preference.remove_suffix(1);
    if (credcache::equal_ignoring_case(preference, representation)) return true;
  }
  return false;
}

// Room for what is said once the credential is there: from then on nothing may need memory.
constexpr std::size_t longest_outcome = 32;

// What was added, all but the outcome, and the room for that.
json::json_writer begin_representation(request_context& context, const credcache::add_request& request) {
  const credcache::wall_time now = context.now().wall;
  const credcache::wall_time expiry =
      request.expires_at.value_or(now + request.time_to_live.value_or(std::chrono::seconds{}));
  const bool asked_for = wants_representation(context.request);
  credcache::secret_buffer& body = asked_for ? context.ok("application/json", {{"Preference-Applied", representation}})
                                             : context.ok("application/json");
  json::json_writer json(body);
  json.begin_object().key("csp").string(request.key.csp).key("site").string(request.key.site);
  json.key("type").string(to_string(request.key.type)).key("name").string(request.key.name);
  json.key("profile").string_or_null(request.key.profile);
  json.key(context.owner().kind == credcache::owner_kind::user ? "user" : "isv").string(context.owner().name);
  json.key("expiresAt").time(expiry);
  json.key("timeToLive").number(std::chrono::ceil<std::chrono::seconds>(expiry - now).count());
  body.reserve(body.size() + longest_outcome);
  return json;
}

// POST and PUT both create or replace.
void store_credential(request_context& context, bool tells) {
  auto request =
      read_credential_body(context.request.body, context.catalog(), context.configuration().settings, context.now());
  if (!request) return context.fail(request.error());
  const credcache::credential_key& key = request->key;
  context.note(key.csp, key.site, to_string(key.type), key.name, key.profile);
  if (!context.may(key.csp, key.profile)) return context.deny(key.csp, key.profile);
  request->only_new = adds_only(context.request);
  if (!request->expires_at && !request->time_to_live)
    request->time_to_live = context.configuration().settings.lifetime.standard;
  if (!context.announce_change()) return;
  // First the answer, so that nothing can go wrong once the credential is there.
  std::optional<json::json_writer> told;
  if (tells) {
    told.emplace(begin_representation(context, *request));
  } else {
    context.no_content();
  }
  const auto added = context.service().add(context.owner(), *request, context.now());
  if (!added) return context.fail(error_from(added.error()));
  context.counters().credentials_added.add();
  if (told) told->key("outcome").string(*added == credcache::add_outcome::replaced ? "replaced" : "added").end_object();
}

}  // namespace

void list_credentials(request_context& context) {
  const credcache::csp_definition* only_csp = nullptr;
  if (const auto name = context.filter("cspName")) {
    only_csp = context.find_csp(*name);
    if (only_csp == nullptr) return;
  }
  std::optional<credcache::credential_type> only_type;
  if (const auto text = context.filter("type")) {
    if (!context.read_type(*text, only_type.emplace())) return;
  }
  if (only_csp != nullptr && !context.check_active(*only_csp)) return;
  auto keys = context.service().keys_of(context.owner(), context.now()).value();
  std::erase_if(keys, [&](const credcache::credential_key& key) {
    const auto* const csp = context.catalog().find_csp(key.csp);
    // One whose definition is gone is shown by GET /v1/credentials alone.
    const bool has_definition = csp != nullptr && csp->find(key.type, key.name) != nullptr;
    return !has_definition || !key.profile.empty() || (only_csp != nullptr && csp != only_csp) ||
           (only_type && key.type != *only_type) || !context.may(csp->name, "");
  });
  answer_with_list(context, std::move(keys), write_item);
}

void add_credential(request_context& context) {
  store_credential(context, wants_representation(context.request));
}

void add_native_credential(request_context& context) {
  store_credential(context, true);
}

void delete_credential(request_context& context) {
  if (!context.require({"cspName", "siteName", "type", "name"})) return;
  const auto* const csp = context.find_csp(*context.request.parameter("cspName"));
  if (csp == nullptr) return;
  credcache::credential_type type{};
  if (!context.read_type(*context.request.parameter("type"), type)) return;
  const credcache::removal selection{csp->name, std::string(*context.request.parameter("siteName")), type,
                                     std::string(*context.request.parameter("name")), ""};
  if (!context.may(csp->name, "")) return context.deny(csp->name, "");
  context.note(csp->name, *selection.site, to_string(type), *selection.name);
  if (!context.announce_change()) return;
  context.no_content();  // first, as above
  const auto removed = context.service().remove(context.owner(), selection, context.now());
  // xpanse's clients remove what is not there, too.
  if (!removed && removed.error().code != credcache::error::capability_not_found)
    return context.fail(error_from(removed.error()));
  const std::size_t count = removed ? removed->size() : 0;
  context.note_count(count);
  context.counters().credentials_removed.add(count);
}

}  // namespace credcached::api
