// GET and DELETE /v1/credentials. POST is that of api/xpanse/credentials.cpp.
#include <algorithm>

#include "api/all_owners_list.hpp"
#include "api/credential_id.hpp"
#include "api/credential_list.hpp"
#include "api/daemon_state.hpp"
#include "api/handlers.hpp"
#include "api/xpanse/xpanse_json.hpp"

namespace credcached::api {
namespace {

/// {"removed":N}
constexpr std::size_t longest_answer = 64;

// What Nexus calls the endpoint of a provider: the variable that its form fills by that name. Empty without one.
std::string_view endpoint_of(const credcache::listed_credential& item,
                             const credcache::credential_definition* definition) {
  const auto* const endpoint = definition == nullptr ? nullptr : definition->find_variable("api_endpoint");
  for (const auto& variable : item.variables) {
    if (endpoint == &definition->variables[variable.index]) return variable.value.reveal();
  }
  return "";
}

void write_item(request_context& context, json::json_writer& json, const credcache::listed_credential& item,
                credcache::instant now) {
  const auto* const csp = context.catalog().find_csp(item.key.csp);
  const auto* const definition = csp == nullptr ? nullptr : csp->find(item.key.type, item.key.name);
  json.begin_object().key("id").string(credential_id(context.owner(), item.key));
  json.key("csp").string(item.key.csp).key("site").string(item.key.site);
  json.key("type").string(to_string(item.key.type)).key("name").string(item.key.name);
  json.key("profile").string_or_null(item.key.profile);
  json.key("description")
      .string(item.description.empty() && definition != nullptr ? definition->description : item.description.reveal());
  json.key(context.owner().kind == credcache::owner_kind::user ? "user" : "isv").string(context.owner().name);
  json.key("createdAt").time(now.wall_of(item.created)).key("expiresAt").time(now.wall_of(item.deadline));
  json.key("timeToLive").number(item.time_to_live.count());
  json.key("remaining").number(std::chrono::floor<std::chrono::seconds>(item.deadline - now.boot).count());
  json.key("lastReadAt");
  if (item.last_read) {
    json.time(now.wall_of(*item.last_read));
  } else {
    json.null();
  }
  json.key("endpoint").string_or_null(endpoint_of(item, definition));
  json.key("reads").number(static_cast<std::int64_t>(item.reads)).key("fingerprint").string(item.fingerprint);
  json.key("variables").begin_array();
  for (const auto& variable : item.variables) {
    json.begin_object().key("name").string(definition->variables[variable.index].name);
    json.key("sensitive").boolean(variable.sensitive);
    json.key("value").string(variable.sensitive ? mask : variable.value.reveal());
    json.key("fingerprint").string(variable.fingerprint).end_object();
  }
  json.end_array().end_object();
}

// One whose definition is gone goes by its full name.
std::string csp_meant(request_context& context, std::string_view named) {
  const auto* const csp = context.catalog().find_csp(named);
  return csp == nullptr ? std::string(named) : csp->name;
}

// True, and 422 written, if nothing is selected because the csp is neither one nor what is left of one.
bool is_unknown(request_context& context, const credcache::removal& selection) {
  return selection.csp && context.catalog().find_csp(*selection.csp) == nullptr &&
         context.find_csp(*selection.csp) == nullptr;
}

// What a GET is narrowed to; false if an error has been written.
bool read_filter(request_context& context, credcache::removal& selection) {
  if (const auto named = context.filter("csp")) selection.csp = csp_meant(context, *named);
  std::optional<std::string_view> profile;
  for (const http::name_value& p : context.request.parameters()) {
    if (p.name != "profile" && p.name != "noProfile") continue;
    if (!context.read_profile(p, profile)) return false;
    selection.profile = std::string(*profile);
  }
  if (!selection.csp || context.matched->owner == owner_source::nobody) return true;
  if (context.may(*selection.csp, profile)) return true;
  context.deny(*selection.csp, profile);
  return false;
}

// What a DELETE names; false if an error has been written.
bool read_removal(request_context& context, credcache::removal& selection, std::optional<std::string_view>& id) {
  bool all = false;
  std::optional<std::string_view> profile;
  for (const http::name_value& p : context.request.parameters()) {
    if (p.name == "user" || p.name == "isv") continue;
    if (p.name == "all") {
      if (p.value != "true") {
        context.fail(error_kind::parameters_invalid, "all: expected true.");
        return false;
      }
      all = true;
      continue;
    }
    if (p.name == "profile" || p.name == "noProfile") {
      if (!context.read_profile(p, profile)) return false;
      selection.profile = std::string(*profile);
      continue;
    }
    if (credcache::is_blank(p.value)) {
      context.fail(error_kind::parameters_invalid, "A blank query parameter removes nothing; leave it out.");
      return false;
    }
    if (p.name == "csp") {
      selection.csp = csp_meant(context, p.value);
    } else if (p.name == "site") {
      selection.site = std::string(p.value);
    } else if (p.name == "type") {
      if (!context.read_type(p.value, selection.type.emplace())) return false;
    } else if (p.name == "name") {
      selection.name = std::string(p.value);
    } else if (p.name == "id") {
      id = p.value;
    }
  }
  if (all || id || !selection.empty()) return true;
  context.fail(error_kind::parameters_invalid,
               "Say what to remove: csp, site, type, name, profile or id, or all=true for everything of this owner.");
  return false;
}

}  // namespace

void list_inventory(request_context& context) {
  credcache::removal selection;
  if (!read_filter(context, selection)) return;
  auto keys = context.service().keys_of(context.owner(), context.now()).value();
  std::erase_if(keys, [&](const credcache::credential_key& key) {
    return !selection.selects(key) || !context.may(key.csp, key.profile);
  });
  if (keys.empty() && is_unknown(context, selection)) return;
  answer_with_list(context, std::move(keys), write_item);
}

void list_all_owners(request_context& context) {
  credcache::removal selection;
  if (!read_filter(context, selection)) return;
  answer_with_all_owners(context, std::move(selection), write_item);
}

void remove_credentials(request_context& context) {
  credcache::removal selection;
  std::optional<std::string_view> id;
  if (!read_removal(context, selection, id)) return;
  const std::optional<std::string_view> profile = selection.profile;
  if (selection.csp && !context.may(*selection.csp, profile)) return context.deny(*selection.csp, profile);
  context.note(selection.csp.value_or(""), selection.site.value_or(""),
               selection.type ? to_string(*selection.type) : "", selection.name.value_or(""),
               selection.profile.value_or(""));
  auto keys = context.service().keys_of(context.owner(), context.now()).value();
  std::erase_if(keys, [&](const credcache::credential_key& key) {
    // Without a csp: only of those that this caller may touch.
    return !selection.selects(key) || (id && *id != credential_id(context.owner(), key)) ||
           !context.may(key.csp, key.profile);
  });
  if (keys.empty() && is_unknown(context, selection)) return;
  if (!context.announce_change()) return;
  // Nothing from here on needs memory: what has been removed could not be told any more.
  credcache::secret_buffer& body = context.ok("application/json");
  body.reserve(body.size() + longest_answer);
  std::size_t removed = 0;
  for (const credcache::credential_key& key : keys) {
    if (context.service().remove_one(context.owner(), key, context.now())) ++removed;
  }
  context.note_count(removed);
  context.counters().credentials_removed.add(removed);
  json::json_writer(body).begin_object().key("removed").number(static_cast<std::int64_t>(removed)).end_object();
}

}  // namespace credcached::api
