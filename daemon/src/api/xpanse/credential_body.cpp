#include "api/xpanse/credential_body.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "api/body_reader.hpp"
#include "api/unknown_csp.hpp"
#include "api/xpanse/tool_output.hpp"
#include "api/xpanse/xpanse_json.hpp"
#include "base/json_memory.hpp"
#include "base/profile.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace credcached::api {
namespace {

namespace bj = boost::json;
using credcache::add_request;

void read_variables(body_reader& body, const bj::value& list, const config::settings& settings, add_request& into) {
  const bj::array* const variables = list.if_array();
  if (variables == nullptr) {
    if (list.is_null()) return body.invalid("variables: found null, expected a list of at least one variable.");
    return body.malformed("variables: found something else, expected a list.");
  }
  if (variables->empty()) return body.invalid("variables: found an empty list, expected at least one variable.");
  if (variables->size() > settings.limits.variables) {
    return body.too_large("variables: found " + std::to_string(variables->size()) + ", expected at most " +
                          std::to_string(settings.limits.variables) + ".");
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < variables->size(); ++i) {
    const std::string where = "variables[" + std::to_string(i) + "]";
    const bj::object* const variable = (*variables)[i].if_object();
    if (variable == nullptr) {
      body.malformed(where + ": found something else, expected an object with name and value.");
      continue;
    }
    const auto name = body.text(*variable, "name", true, where);
    if (!variable->contains("value")) body.invalid(where + ".value: found nothing, expected text.");
    const auto value = body.text(*variable, "value", false, where);
    (void)body.text(*variable, "description", false, where);
    (void)body.flag(*variable, "isMandatory", where);
    const auto sensitive = body.flag(*variable, "isSensitive", where);
    if (value && value->size() > settings.limits.value_bytes) {
      body.too_large(where + ".value: found " + std::to_string(value->size()) + " bytes, expected at most " +
                     std::to_string(settings.limits.value_bytes) + ".");
      continue;
    }
    if (!name) continue;
    if (!names.insert(*name).second) {
      body.invalid("variables: found \"" + std::string(name->substr(0, 64)) + "\" twice, expected each name once.");
    }
    into.variables.push_back(
        {std::string(*name), credcache::secret::copy_of(value.value_or("")), sensitive.value_or(false)});
  }
}

void read_lifetime(body_reader& body, const bj::object& root, const config::settings& settings, credcache::instant now,
                   add_request& into) {
  const auto seconds = body.whole_number(root, "timeToLive");
  if (seconds) {
    into.time_to_live = std::chrono::seconds{*seconds};
    if (*seconds <= 0) body.invalid("timeToLive: found a number below 1, expected seconds.");
    if (*into.time_to_live > settings.lifetime.longest) {
      body.invalid("timeToLive: found more than the maximum of " + credcache::duration_text(settings.lifetime.longest) +
                   ".");
    }
  }
  if (!root.contains("expiresAt")) return;
  const auto text = body.text(root, "expiresAt", true);
  if (!text) return;
  if (root.contains("timeToLive")) body.invalid("timeToLive and expiresAt: found both, expected one of them.");
  into.expires_at = credcache::parse_rfc3339(*text);
  if (!into.expires_at) {
    body.malformed("expiresAt: found other text, expected a time like 2026-11-22T12:00:00Z (RFC 3339).");
  } else if (*into.expires_at <= now.wall) {
    body.invalid("expiresAt: found a time that is over, expected one to come.");
  } else if (*into.expires_at - now.wall > settings.lifetime.longest) {
    body.invalid("expiresAt: found a time further away than the maximum of " +
                 credcache::duration_text(settings.lifetime.longest) + ".");
  }
}

// The one variable of `definition` that takes a whole JSON object, if `object` is of the kind it asks for.
const credcache::variable_definition* whole_object(const credcache::credential_definition& definition,
                                                   const bj::object& object) {
  for (const auto& variable : definition.variables) {
    if (!variable.json || variable.json->equals.empty()) continue;
    const bool fits = std::all_of(variable.json->equals.begin(), variable.json->equals.end(), [&](const auto& rule) {
      const bj::value* const member = object.if_contains(rule.first);
      return member != nullptr && member->is_string() && member->get_string() == std::string_view(rule.second);
    });
    if (fits) return &variable;
  }
  return nullptr;
}

credcache::secret serialized(const bj::object& object) {
  credcache::secret_buffer text;
  credcache::append_json(text, object);
  return credcache::secret(std::move(text));
}

// What a tool has printed beside the variables: a credential does not outlive what its cloud says. Nobody has asked for
// that time, so one beyond the maximum is the maximum.
void read_expiration(body_reader& body, const bj::object& printed, const config::settings& settings,
                     credcache::instant now, add_request& into) {
  const auto text = body.text(printed, expiration_member, false, "credentials");
  if (!text) return;
  const auto expiration = credcache::parse_rfc3339(*text);
  if (!expiration)
    return body.malformed("credentials.Expiration: found other text, expected a time like 2026-11-22T12:00:00Z.");
  if (*expiration <= now.wall)
    return body.invalid("credentials.Expiration: found a time that is over, expected one to come: get it anew.");
  const auto life = *expiration - now.wall;
  if (into.expires_at && *into.expires_at - now.wall < life) return;
  if (into.time_to_live && *into.time_to_live < life) return;
  if (life > settings.lifetime.longest) {
    into.time_to_live = settings.lifetime.longest;
    return;
  }
  into.time_to_live.reset();
  into.expires_at = expiration;
}

// The Nexus form: members of `credentials` are looked up among names and aliases; `label` may be the name of a definition,
// else it is the profile.
void read_nexus(body_reader& body, const bj::object& root, const bj::value& credentials, std::string_view label,
                const credcache::csp_definition* csp, const config::settings& settings, credcache::instant now,
                add_request& into) {
  const bj::object* const object = credentials.if_object();
  if (object == nullptr) return body.malformed("credentials: found something else, expected an object.");
  if (object->empty()) return body.invalid("credentials: found an empty object, expected at least one member.");
  if (object->size() > settings.limits.variables) return body.too_large("credentials: found too many members.");
  if (csp == nullptr) return;

  const auto endpoint = body.text(root, "api_endpoint", false);
  const auto printed = read_tool_output(*object, *csp);
  if (printed.variables.size() > settings.limits.variables)
    return body.too_large("credentials: found too many members.");
  const auto fits = [&](const credcache::credential_definition& d) {
    if (whole_object(d, *object) != nullptr) return true;
    return std::ranges::all_of(printed.variables, [&](const printed_variable& v) {
      const bj::value& value = v.object->at(v.name);
      const bool blank = value.is_null() || (value.is_string() && value.get_string().empty());
      return blank || d.find_variable(v.name) != nullptr;
    });
  };
  const credcache::credential_definition* definition = csp->find(into.key.type, label);
  if (definition == nullptr) {
    const auto found = std::find_if(csp->credentials.begin(), csp->credentials.end(), fits);
    definition = found != csp->credentials.end() ? &*found : csp->credentials.data();
    if (into.key.profile.empty() && !credcache::is_blank(label)) into.key.profile = label;
  }
  into.key.type = definition->type;
  into.key.name = definition->name;
  const auto* const whole = whole_object(*definition, *object);
  bj::object rest(object->storage());  // what is the whole object's own, beside variables
  if (whole != nullptr) rest = *object;
  if (printed.expires_twice)
    return body.malformed("credentials: found Expiration twice, in an object and in one within it, expected it once.");
  if (printed.expiring != nullptr) read_expiration(body, *printed.expiring, settings, now, into);
  for (const auto& [holder, name] : printed.variables) {
    if (whole != nullptr && definition->find_variable(name) == nullptr) continue;
    rest.erase(name);
    const auto value = body.text(*holder, name, false, "credentials");
    if (!value || credcache::is_blank(*value)) continue;  // Nexus sends empty members that a csp has no use for
    into.variables.push_back({std::string(name), credcache::secret::copy_of(*value), false});
  }
  if (whole != nullptr) into.variables.push_back({whole->name, serialized(rest), false});
  if (endpoint && !credcache::is_blank(*endpoint)) {
    into.variables.push_back({"api_endpoint", credcache::secret::copy_of(*endpoint), false});
  }
  for (const auto& variable : into.variables) {
    if (variable.value.size() > settings.limits.value_bytes) {
      body.too_large("credentials." + variable.name + ": found more than " +
                     std::to_string(settings.limits.value_bytes) + " bytes.");
    }
  }
}

// Takes back what the daemon itself has written in place of values.
void read_own_marks(body_reader& body, const credcache::csp_definition* csp, add_request& into) {
  const auto* const definition = csp == nullptr ? nullptr : csp->find(into.key.type, into.key.name);
  for (credcache::given_variable& given : into.variables) {
    if (credcache::equal_constant_time(given.value.reveal(), value_to_come)) given.value = {};
    const auto* const variable = definition == nullptr ? nullptr : definition->find_variable(given.name);
    const bool sensitive = given.sensitive || (variable != nullptr && variable->sensitive);
    if (sensitive && credcache::equal_constant_time(given.value.reveal(), mask)) {
      body.invalid(given.name.substr(0, 64) + std::string(found_mask));
    }
  }
}

}  // namespace

void throw_exception_from_error(const error& error, const boost::source_location&) {
  throw std::runtime_error(std::string(row_of(error.kind).error_type));
}

parsed<add_request> read_credential_body(std::string_view text, const credcache::provider_catalog& catalog,
                                         const config::settings& settings, credcache::instant now) {
  body_reader body(text, settings.limits.json_depth);
  add_request request;
  const bj::object* const root = body.root();
  if (root == nullptr) return *body.problems();
  const bool nexus = root->contains("credentials") && !root->contains("variables");
  if (nexus) {
    body.only(*root, {"csp", "site", "type", "name", "profile", "description", "credentials", "api_endpoint",
                      "timeToLive", "expiresAt", "userId"});
  } else {
    body.only(*root, {"csp", "site", "type", "name", "profile", "description", "variables", "timeToLive", "expiresAt",
                      "userId"});
  }

  const credcache::csp_definition* csp = nullptr;
  if (const auto name = body.text(*root, "csp", true)) {
    csp = catalog.find_csp(*name);
    if (csp == nullptr) {
      body.malformed(unknown_csp(*name, catalog));
    } else {
      request.key.csp = csp->name;
    }
  }
  if (const auto site = body.text(*root, "site", !nexus)) {
    request.key.site = *site;
  } else if (csp != nullptr) {
    request.key.site = csp->sites.front();
  }
  if (const auto type = body.text(*root, "type", !nexus)) {
    if (const auto known = credcache::credential_type_of(*type)) {
      request.key.type = *known;
    } else {
      body.malformed("type: found \"" + std::string(type->substr(0, 64)) +
                     "\", expected variables, http_authentication, api_key or oauth2.");
    }
  }
  const std::string_view name = body.text(*root, "name", !nexus).value_or("");
  if (!nexus) request.key.name = name;
  if (const auto profile = body.text(*root, "profile", root->contains("profile"))) request.key.profile = *profile;
  if (const auto description = body.text(*root, "description", false)) {
    if (description->size() > settings.limits.value_bytes) body.too_large("description: found too much text.");
    request.description = credcache::secret::copy_of(*description);
  }
  if (credcache::has_control_character(request.key.site) || credcache::has_control_character(name)) {
    body.invalid("site and name: found a control character, expected none.");
  }
  read_lifetime(body, *root, settings, now, request);
  if (nexus) {
    read_nexus(body, *root, root->at("credentials"), name, csp, settings, now, request);
  } else if (const bj::value* const variables = root->if_contains("variables")) {
    read_variables(body, *variables, settings, request);
  } else {
    body.invalid("variables: found nothing, expected a list of at least one variable.");
  }
  read_own_marks(body, csp, request);
  if (const std::string wrong = credcache::complaint_about_profile(request.key.profile); !wrong.empty())
    body.invalid(std::string(nexus && !root->contains("profile") ? "name" : "profile") + ": " + wrong + ".");
  if (auto wrong = body.problems()) return *std::move(wrong);
  return request;
}

}  // namespace credcached::api
