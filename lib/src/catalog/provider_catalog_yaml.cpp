// Reads one provider definition file (docs/providers.md).
#include "catalog/provider_catalog_yaml.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "base/profile.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "catalog/definition_text.hpp"
#include "catalog/variable_rules.hpp"
#include "credcache/limits.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::size_t most_credentials = 64;                  // of a csp
constexpr std::size_t most_pattern = 1024;                    // characters of a regular expression
constexpr std::size_t most_hosts = 32;                        // that one credential is for
constexpr std::string_view names_of_our_own = "CREDCACHED_";  // such as that of the time of expiry

using keys = std::initializer_list<std::string_view>;
enum class at_least { none, one };

void check_keys(const yaml_value& map, const std::string& kind, keys required, keys optional) {
  if (!map.is_map()) map.refuse("a map: " + kind);
  std::vector<std::string_view> known(required);
  known.insert(known.end(), optional);
  for (const auto& [key, value] : map.members()) {
    if (std::ranges::find(known, key.scalar()) == known.end())
      key.refuse("the unknown key " + key.description(), "a key of " + kind + ": " + joined(known));
    // yaml-cpp has the position of an absent value in the next line.
    if (value.is_null()) key.refuse("the key " + key.description() + " without a value", "it to have one");
  }
  for (const auto key : required) {
    if (!map[key].is_defined()) map.refuse(kind + " without the key " + shown(key), "it to have one");
  }
}

std::vector<yaml_value> items(const yaml_value& list, at_least count, std::size_t most = yaml_value::longest_list) {
  if (!list.is_list() || (count == at_least::one && list.items().empty()))
    list.refuse(count == at_least::one ? "a list of at least one item" : "a list, such as [] or [A, B]");
  auto all = list.items();
  if (all.size() > most)
    list.refuse("a list of " + std::to_string(all.size()), "at most " + std::to_string(most) + " items");
  return all;
}

std::string text(const yaml_value& value, const spelling& form) {
  if (!value.is_text() || !form.fits(value.scalar())) value.refuse(form.expected);
  return value.scalar();
}

/// One line; what a block of YAML (| or >) leaves at its end does not count.
std::string description(const yaml_value& value) {
  const std::string_view all = value.scalar();
  const std::string_view line = all.substr(0, all.find_last_not_of('\n') + 1);
  if (!a_line.fits(line)) value.refuse(a_line.expected);
  return std::string(line);
}

/// A list of different texts; none if the key is not there.
std::vector<std::string> texts(const yaml_value& list, const spelling& form, at_least count = at_least::none) {
  std::vector<std::string> all;
  if (!list.is_defined()) return all;
  std::set<std::string> seen;
  for (const auto& item : items(list, count)) {
    all.push_back(text(item, form));
    if (!seen.insert(all.back()).second) item.refuse(item.description() + " again", "each item once");
  }
  return all;
}

/// A map of texts, in the order of the file; none if the key is not there.
std::vector<std::pair<std::string, std::string>> pairs(const yaml_value& map, const spelling& key_form,
                                                       const spelling& value_form) {
  std::vector<std::pair<std::string, std::string>> all;
  if (!map.is_defined()) return all;
  if (!map.is_map() || map.members().empty()) map.refuse("a map of texts, such as {NAME: text}");
  for (const auto& [key, value] : map.members()) all.emplace_back(text(key, key_form), text(value, value_form));
  return all;
}

/// An answer is a set of names: no two values may go out under one.
void hand_out(std::set<std::string>& taken, const std::vector<std::string>& names, const yaml_value& value) {
  for (const auto& name : names) {
    if (name.starts_with(names_of_our_own))
      value.refuse(shown(name) + " as a name to hand out",
                   "one that does not begin with " + std::string(names_of_our_own) + ": those have a meaning already");
    if (!taken.insert(name).second) {
      value.refuse("a second value to be handed out as " + shown(name),
                   "each name once among names, exportAs, expiresAs, constants and requires");
    }
  }
}

/// Boost.Regex explains itself over several lines, with the expression in them.
std::string first_sentence(std::string_view text) {
  return printable(text.substr(0, text.find_first_of(".\n")));
}

json_object_rule json_rule(const yaml_value& value) {
  check_keys(value, "a jsonObject rule", {}, {"equals", "required", "fills"});
  json_object_rule rule;
  for (auto& [member, content] : pairs(value["equals"], a_line, a_line)) rule.equals.emplace(member, content);
  rule.required = texts(value["required"], a_line);
  for (auto& [name, member] : pairs(value["fills"], a_name, a_line)) rule.fills.emplace(name, member);
  return rule;
}

void read_pattern(const yaml_value& value, variable_definition& into) {
  into.pattern = text(value, a_line);
  if (into.pattern.size() > most_pattern) value.refuse("at most " + std::to_string(most_pattern) + " characters");
  try {
    into.compiled = compile_pattern(into.pattern);
  } catch (const std::invalid_argument& e) {
    value.refuse(shown(into.pattern) + " (" + first_sentence(e.what()) + ")", "a regular expression in Perl's syntax");
  }
}

variable_definition variable(const yaml_value& value) {
  check_keys(value, "a variable", {"name", "description"},
             {"mandatory", "sensitive", "aliases", "environmentNames", "pattern", "exportAs", "jsonObject"});
  variable_definition result;
  result.name = text(value["name"], a_name);
  result.description = description(value["description"]);
  if (const auto mandatory = value["mandatory"]; mandatory.is_defined()) result.mandatory = mandatory.boolean();
  if (const auto sensitive = value["sensitive"]; sensitive.is_defined()) result.sensitive = sensitive.boolean();
  result.aliases = texts(value["aliases"], a_line);
  result.environment_names = texts(value["environmentNames"], a_name);
  result.export_as = texts(value["exportAs"], a_name);
  result.handed_out_as = {result.name};
  result.handed_out_as.insert(result.handed_out_as.end(), result.export_as.begin(), result.export_as.end());
  if (const auto pattern = value["pattern"]; pattern.is_defined()) read_pattern(pattern, result);
  if (const auto rule = value["jsonObject"]; rule.is_defined()) result.json = json_rule(rule);
  return result;
}

/// The environment is read as it is: one name cannot mean two things there.
void check_meaning(const variable_definition& added, const yaml_value& value, const csp_definition& csp) {
  for (const auto& earlier : csp.credentials) {
    const auto same = std::ranges::find(earlier.variables, added.name, &variable_definition::name);
    if (same == earlier.variables.end()) continue;
    if (same->description != added.description || same->mandatory != added.mandatory ||
        same->sensitive != added.sensitive) {
      value["name"].refuse(shown(added.name) + " with another meaning than in " + shown(earlier.name),
                           "the same description, mandatory and sensitive in both");
    }
  }
}

bool is_variable(const credential_definition& definition, const std::string& name) {
  return std::ranges::find(definition.variables, name, &variable_definition::name) != definition.variables.end();
}

/// True if another variable than that at `position` is handed out, and so taken, as `name`.
bool exports_other(const credential_definition& definition, std::size_t position, const std::string& name) {
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    const auto& exports = definition.variables[i].export_as;
    if (i != position && std::ranges::find(exports, name) != exports.end()) return true;
  }
  return false;
}

/// What variables say about one another; `values` are where they stand in the file.
void check_references(const credential_definition& definition, const std::vector<yaml_value>& values) {
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    const auto& variable = definition.variables[i];
    for (std::size_t a = 0; a < variable.aliases.size(); ++a) {
      if (is_variable(definition, variable.aliases[a])) {
        values[i]["aliases"].items()[a].refuse("an alias that is not the name of a variable of this credential");
      }
      if (exports_other(definition, i, variable.aliases[a])) {
        values[i]["aliases"].items()[a].refuse("an alias that is not the exportAs of another variable");
      }
    }
    for (std::size_t e = 0; e < variable.environment_names.size(); ++e) {
      if (exports_other(definition, i, variable.environment_names[e])) {
        values[i]["environmentNames"].items()[e].refuse("a name that is not the exportAs of another variable");
      }
    }
    if (!variable.json) continue;
    for (const auto& [name, member] : variable.json->fills) {
      if (name == variable.name || !is_variable(definition, name)) {
        values[i]["jsonObject"]["fills"].refuse(shown(name), "the name of another variable of this credential");
      }
    }
  }
}

/// A list of at least two different variables of the credential.
variable_set variables_of(const yaml_value& list, const credential_definition& definition) {
  const std::vector<std::string> names = texts(list, a_name, at_least::one);
  if (names.size() == 1) list.refuse("a list of one name", "at least two variables of this credential");
  variable_set all = 0;
  for (std::size_t n = 0; n < names.size(); ++n) {
    const auto found = std::ranges::find(definition.variables, names[n], &variable_definition::name);
    if (found == definition.variables.end()) list.items()[n].refuse("the name of a variable of this credential");
    all |= variable_set{1} << (found - definition.variables.begin());
  }
  return all;
}

/// What a JSON value fills may come from another source than its group.
variable_set filled_by_json(const credential_definition& definition) {
  variable_set all = 0;
  for (const auto& variable : definition.variables) {
    for (std::size_t i = 0; variable.json && i < definition.variables.size(); ++i) {
      if (variable.json->fills.contains(definition.variables[i].name)) all |= variable_set{1} << i;
    }
  }
  return all;
}

void read_sets(const yaml_value& value, credential_definition& into) {
  variable_set taken = filled_by_json(into);
  if (const auto together = value["together"]; together.is_defined()) {
    for (const auto& item : items(together, at_least::one, most_variables)) {
      const variable_set group = variables_of(item, into);
      if ((group & taken) != 0) {
        item.refuse("a variable that is in another group or that a jsonObject fills", "groups that do not meet");
      }
      taken |= group;
      into.together.push_back(group);
    }
  }
  if (const auto one_of = value["oneOf"]; one_of.is_defined()) {
    for (const auto& item : items(one_of, at_least::one, most_variables))
      into.one_of.push_back(variables_of(item, into));
  }
}

/// The position of a variable that is always there, as what goes into a request has to be.
std::size_t position_of(const yaml_value& name, const credential_definition& definition) {
  const auto found = std::ranges::find(definition.variables, text(name, a_name), &variable_definition::name);
  if (found == definition.variables.end() || !found->mandatory)
    name.refuse("the name of a mandatory variable of this credential");
  return static_cast<std::size_t>(found - definition.variables.begin());
}

std::vector<std::string> hosts(const yaml_value& list, const credential_definition& definition) {
  std::vector<std::string> all;
  for (const auto& item : items(list, at_least::one, most_hosts)) {
    const std::string host = text(item, a_line);
    const bool by_variable = host.starts_with('{') && host.ends_with('}');
    const auto named = [&](const variable_definition& v) { return '{' + v.name + '}' == host && v.mandatory; };
    if (by_variable ? std::ranges::none_of(definition.variables, named) : !is_host(host))
      item.refuse("a host, with or without a port, or {NAME} with a mandatory variable of this credential");
    all.push_back(host);
  }
  return all;
}

authentication how_presented(const yaml_value& value, const credential_definition& definition) {
  static constexpr std::string_view schemes[] = {"basic", "bearer", "apiKey"};
  static constexpr std::string_view places[] = {"header", "query", "cookie"};
  if (!value.is_map() || !value["scheme"].is_defined()) value.refuse("a map with scheme: basic, bearer or apiKey");
  authentication result;
  result.scheme = static_cast<authentication_scheme>(value["scheme"].one_of(schemes));
  switch (result.scheme) {
    case authentication_scheme::basic:
      check_keys(value, "an authentication with scheme basic", {"scheme", "username", "password", "hosts"}, {});
      result.username = position_of(value["username"], definition);
      result.secret = position_of(value["password"], definition);
      break;
    case authentication_scheme::bearer:
      check_keys(value, "an authentication with scheme bearer", {"scheme", "token", "hosts"}, {});
      result.secret = position_of(value["token"], definition);
      break;
    case authentication_scheme::api_key:
      check_keys(value, "an authentication with scheme apiKey", {"scheme", "in", "name", "key", "hosts"}, {"prefix"});
      result.in = static_cast<key_place>(value["in"].one_of(places));
      result.field = text(value["name"], a_token);
      result.secret = position_of(value["key"], definition);
      if (const auto prefix = value["prefix"]; prefix.is_defined() && !prefix.is_empty())
        result.prefix = text(prefix, a_line);
      break;
  }
  if (!definition.variables[result.secret].sensitive)
    value.refuse(shown(definition.variables[result.secret].name) + ", which is not sensitive", "a secret that is");
  result.hosts = hosts(value["hosts"], definition);
  return result;
}

/// The type says what is presented.
void check_scheme(const yaml_value& value, const credential_definition& definition) {
  const auto scheme = definition.presented->scheme;
  if (definition.type == credential_type::http_authentication && scheme != authentication_scheme::basic)
    value.refuse("another scheme for http_authentication", "basic");
  if (definition.type == credential_type::api_key && scheme == authentication_scheme::basic)
    value.refuse("basic for an api_key", "bearer or apiKey");
}

std::vector<required_name> required_names(const yaml_value& list) {
  std::vector<required_name> all;
  std::set<std::string> names;
  std::set<std::string> exports;
  for (const auto& item : items(list, at_least::none, most_variables)) {
    required_name next;
    if (item.is_text()) {
      next.name = text(item, a_name);
    } else {
      check_keys(item, "a required name", {"name"}, {"exportAs"});
      next.name = text(item["name"], a_name);
      next.export_as = texts(item["exportAs"], a_name);
    }
    if (!names.insert(next.name).second) item.refuse(shown(next.name) + " again", "each required name once");
    hand_out(exports, next.export_as, item);
    all.push_back(std::move(next));
  }
  return all;
}

credential_definition credential(const yaml_value& value, const csp_definition& csp) {
  check_keys(value, "a credential", {"type", "name", "description", "variables"},
             {"constants", "together", "oneOf", "authentication"});
  credential_definition result;
  const auto type = credential_type_of(text(value["type"], a_line));
  if (!type) value["type"].refuse("variables, http_authentication, api_key or oauth2");
  result.type = *type;
  result.name = text(value["name"], a_line);
  result.description = description(value["description"]);
  if (csp.find(result.type, result.name) != nullptr)
    value["name"].refuse("a second credential " + shown(result.name) + " of the same type", "different names");

  std::set<std::string> handed_out;
  hand_out(handed_out, csp.expires_as, value);
  for (const auto& required : csp.required_names) hand_out(handed_out, required.export_as, value);
  result.constants = pairs(value["constants"], a_name, a_line);
  for (const auto& [name, constant] : result.constants) hand_out(handed_out, {name}, value["constants"]);

  const auto variables = items(value["variables"], at_least::one, most_variables);
  for (const auto& item : variables) {
    result.variables.push_back(variable(item));
    const auto& added = result.variables.back();
    hand_out(handed_out, added.handed_out_as, item["name"]);
    check_meaning(added, item, csp);
  }
  check_references(result, variables);
  read_sets(value, result);
  if (const auto how = value["authentication"]; how.is_defined()) {
    result.presented = how_presented(how, result);
    check_scheme(how, result);
  }
  return result;
}

/// A fixed value of a profile: a lone variable's, for what is secret or goes together is added.
void check_profile_value(const csp_definition& csp, const yaml_value& name, const yaml_value& value) {
  bool known = false;
  for (const credential_definition& credential : csp.credentials) {
    const auto found = std::ranges::find(credential.variables, name.scalar(), &variable_definition::name);
    if (found == credential.variables.end()) continue;
    known = true;
    const variable_set own = variable_set{1} << (found - credential.variables.begin());
    if (found->sensitive) name.refuse(shown(name.scalar()) + ", which is sensitive", "variables that are no secret");
    if (std::ranges::any_of(credential.together, [own](variable_set group) { return (group & own) != 0; }))
      name.refuse(shown(name.scalar()) + ", which goes together with others", "variables of no group");
    if (std::string why; !found->accepts(value.scalar(), why)) value.refuse(why);
  }
  if (!known) name.refuse("the name of a variable of this csp");
}

void read_profiles(const yaml_value& map, csp_definition& into) {
  if (!map.is_map() || map.members().empty()) map.refuse("a map of profiles, such as {prod: {NAME: text}}");
  for (const auto& [profile, values] : map.members()) {
    if (const std::string wrong = complaint_about_profile(profile.scalar()); !wrong.empty() || profile.scalar().empty())
      profile.refuse(profile.description(), "a profile of 1 to 64 characters on one line");
    auto& fixed = into.profiles[profile.scalar()];
    for (const auto& [name, text] : pairs(values, a_name, a_line)) fixed.emplace(name, text);
    for (const auto& [name, value] : values.members()) check_profile_value(into, name, value);
  }
}

parsed_definition definition(const yaml_value& root, const std::string& file) {
  check_keys(root, "a provider definition", {"csp", "constant", "sites", "credentials"},
             {"requires", "expiresAs", "unset", "profiles"});
  parsed_definition result;
  csp_definition& csp = result.csp;
  csp.file = file;
  csp.name = text(root["csp"], a_csp);
  csp.constant = text(root["constant"], a_constant);
  csp.sites = texts(root["sites"], a_line, at_least::one);
  result.csp_position = root["csp"].position();
  result.constant_position = root["constant"].position();
  if (const auto list = root["requires"]; list.is_defined()) csp.required_names = required_names(list);
  csp.expires_as = texts(root["expiresAs"], a_name);
  csp.unset = texts(root["unset"], a_name_or_beginning);
  for (const auto& item : items(root["credentials"], at_least::one, most_credentials))
    csp.credentials.push_back(credential(item, csp));
  if (const auto profiles = root["profiles"]; profiles.is_defined()) read_profiles(profiles, csp);
  return result;
}

}  // namespace

parsed_definition parse_definition(const definition_file& file) try {
  return definition(yaml_value::load(file.text, file.name, "a provider definition as in docs/providers.md"), file.name);
} catch (const yaml_error& e) {
  throw catalog_error(e.what());
}

}  // namespace credcache::inline v1
