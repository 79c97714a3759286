// GET and DELETE /v1/credentials.
#include "api/handlers.hpp"
#include "api/pipeline.hpp"
#include "api/request_context.hpp"
#include "api/xpanse/xpanse_json.hpp"

namespace credcached::api {

void list_inventory(request_context& context) {
  const auto found = context.service().list(context.owner(), context.now());
  json::json_writer json = context.ok();
  json.begin_array();
  for (const auto& item : found) {
    if (!context.may(item.key.csp)) continue;
    const auto* const csp = context.catalog().find_csp(item.key.csp);
    const auto* const definition = csp == nullptr ? nullptr : csp->find(item.key.type, item.key.name);
    json.begin_object().key("csp").string(item.key.csp).key("site").string(item.key.site);
    json.key("type").string(to_string(item.key.type)).key("name").string(item.key.name);
    json.key("description")
        .string(item.description.empty() && definition != nullptr ? definition->description
                                                                  : item.description.reveal());
    json.key(context.owner().kind == credcache::owner_kind::user ? "user" : "isv").string(context.owner().name);
    json.key("createdAt")
        .time(context.now().wall_of(item.created))
        .key("expiresAt")
        .time(context.now().wall_of(item.deadline));
    json.key("timeToLive").number(item.time_to_live.count());
    json.key("remaining").number(std::chrono::floor<std::chrono::seconds>(item.deadline - context.now().boot).count());
    json.key("lastReadAt");
    if (item.last_read) {
      json.time(context.now().wall_of(*item.last_read));
    } else {
      json.null();
    }
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
  json.end_array();
}

void remove_credentials(request_context& context) {
  credcache::removal what;
  bool any = false;
  bool all = false;
  for (const http::name_value& p : context.request().parameters()) {
    if (p.name == "user" || p.name == "isv") continue;
    if (p.name == "all") {
      if (p.value != "true") return context.fail(error_kind::parameters_invalid, "all: expected true.");
      all = true;
      continue;
    }
    if (credcache::is_blank(p.value)) {
      return context.fail(error_kind::parameters_invalid, "A blank query parameter removes nothing; leave it out.");
    }
    if (p.name == "csp") {
      const auto* const csp = context.catalog().find_csp(p.value);
      if (csp == nullptr) {  // or one whose definition is gone, under its full name
        what.csp = std::string(p.value);
      } else {
        what.csp = csp->name;
      }
      if (!context.may(*what.csp)) return context.deny(*what.csp);
    } else if (p.name == "site") {
      what.site = std::string(p.value);
    } else if (p.name == "type") {
      if (!context.read_type(p.value, what.type.emplace())) return;
    } else if (p.name == "name") {
      what.name = std::string(p.value);
    } else {
      return context.fail(error_kind::parameters_invalid,
                          "Unknown query parameter; csp, site, type, name and all=true say what to remove.");
    }
    any = true;
  }
  if (!any && !all) {
    return context.fail(error_kind::parameters_invalid,
                        "Say what to remove: csp, site, type or name, or all=true for everything of this owner.");
  }
  context.note(what.csp.value_or(""), what.site.value_or(""), what.type ? to_string(*what.type) : "",
               what.name.value_or(""));
  std::size_t removed = 0;
  if (what.csp) {
    removed = context.service().remove(context.owner(), what, context.now()).size();
  } else {
    // Only of csps that this caller may touch.
    for (const auto& item : context.service().list(context.owner(), context.now())) {
      if (!context.may(item.key.csp)) continue;
      what.csp = item.key.csp;
      removed += context.service().remove(context.owner(), what, context.now()).size();
    }
  }
  if (removed == 0 && what.csp && context.catalog().find_csp(*what.csp) == nullptr) {
    (void)context.find_csp(*what.csp);  // neither a csp nor what is left of one: 422
    return;
  }
  context.note_count(removed);
  context.self().counters().credentials_removed.add(removed);
  context.ok().begin_object().key("removed").number(static_cast<std::int64_t>(removed)).end_object();
}

}  // namespace credcached::api
