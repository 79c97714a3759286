// add: finds the definition, collects its values, posts them. Or posts what stands in a file.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/json_memory.hpp"
#include "base/spelling.hpp"
#include "base/text.hpp"
#include "cli/add_values.hpp"
#include "cli/clouds_file.hpp"
#include "cli/input.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/settings_file.hpp"
#include "cli/stored.hpp"
#include "cli/terminal.hpp"
#include "client/document.hpp"
#include "config/duration.hpp"
#include "json/json_parser.hpp"

namespace credcached::cli {

namespace bj = boost::json;
using client::text_of;

namespace {

constexpr std::size_t deepest_tool_output = 32;  ///< nested values; tools print two

credcache::secret_buffer read_json(const std::string& file) {
  auto text = read_text(file, file == "-" ? "standard input" : file);
  if (credcache::is_blank(text.reveal()))
    throw usage_error(fmt::format("found nothing in {}, expected a JSON object", file));
  return text;
}

/// The one definition that is meant; asks if there are several.
const bj::value& choose(const bj::array& capabilities, const selector& selection, const terminal* person) {
  std::vector<const bj::value*> fitting;
  std::vector<std::string_view> known;
  const auto is_usual = [](const bj::value& c) { return text_of(c, "type") == "variables"; };
  const bool takes_usual = selection.type.empty() && std::ranges::any_of(capabilities, is_usual);
  for (const auto& capability : capabilities) {
    const auto name = text_of(capability, "name");
    if (takes_usual && !is_usual(capability)) continue;
    known.push_back(name);
    if (selection.name.empty() || selection.name == name) fitting.push_back(&capability);
  }
  if (capabilities.empty()) {
    throw usage_error(fmt::format("{0} takes no credential{1}; see `credcached capabilities --csp {0}`", selection.csp,
                                  selection.type.empty() ? "" : " of type " + selection.type));
  }
  const std::string names = credcache::joined(known);
  if (fitting.empty()) {
    throw usage_error(fmt::format("found --name {}, expected one of the definitions of {}: {}.{}",
                                  credcache::shown(selection.name), selection.csp, names,
                                  credcache::did_you_mean(selection.name, known)));
  }
  if (fitting.size() == 1) return *fitting.front();
  if (person == nullptr)
    throw usage_error(selection.csp +
                      " takes several credentials, expected --name, or \"name\" in a file, with one of " + names);

  person->say(selection.csp + " takes several credentials:\n");
  for (std::size_t i = 0; i < fitting.size(); ++i)
    person->say("  " + std::to_string(i + 1) + "  " + std::string(text_of(*fitting[i], "name")) + "  " +
                std::string(text_of(*fitting[i], "description")) + "\n");
  const auto answer = person->ask("Which one? ", true);
  for (std::size_t i = 0; i < fitting.size(); ++i)
    if (answer.reveal() == std::to_string(i + 1) || answer.reveal() == text_of(*fitting[i], "name")) return *fitting[i];
  throw usage_error("expected a number from 1 to " + std::to_string(fitting.size()));
}

std::vector<asked_variable> variables_of(const bj::value& capability) {
  std::vector<asked_variable> variables;
  for (const auto& v : client::list_of(capability, "variables"))
    variables.push_back({std::string(text_of(v, "name")), std::string(text_of(v, "description")),
                         client::flag_of(v, "isMandatory"), client::flag_of(v, "isSensitive")});
  return variables;
}

std::vector<std::string> texts_of(const bj::array& list) {
  std::vector<std::string> texts;
  for (const auto& item : list)
    if (const auto* s = item.if_string()) texts.emplace_back(s->data(), s->size());
  return texts;
}

client::target explain_of(const bj::value& capability, const selector& selection) {
  client::target target("/v1/explain");
  target.with("site", selection.site).with("profile", selection.profile);
  for (const auto* member : {"csp", "type", "name"}) target.with(member, text_of(capability, member));
  return target;
}

/// What capabilities do not tell: further names, which variables go together, and what other sources fill.
void add_explained(const bj::value& explanation, std::vector<asked_variable>& variables) {
  for (const auto& candidate : client::list_of(explanation, "candidates")) {
    for (const auto& explained : client::list_of(candidate, "variables")) {
      const auto variable = std::ranges::find(variables, text_of(explained, "name"), &asked_variable::name);
      if (variable == variables.end()) continue;
      variable->exports = texts_of(client::list_of(explained, "handedOutAs"));
      variable->aliases = texts_of(client::list_of(explained, "aliases"));
      const auto source = text_of(explained, "source");
      if (source != "missing" && source != "cache") variable->source = source;
    }
    for (const auto& group : client::list_of(candidate, "together")) {
      const auto names = group.is_array() ? texts_of(group.get_array()) : std::vector<std::string>{};
      for (asked_variable& variable : variables)
        if (std::ranges::find(names, variable.name) != names.end()) variable.together = names;
    }
  }
}

bj::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

/// What every body says besides the values.
bj::object begin_body(const add_options& o, bj::storage_ptr memory) {
  bj::object body(std::move(memory));
  body["csp"] = o.selection.csp;
  for (const auto& [member, text] : {std::pair<const char*, const std::string&>{"site", o.selection.site},
                                     {"type", o.selection.type},
                                     {"name", o.selection.name},
                                     {"profile", o.selection.profile},
                                     {"description", o.description},
                                     {"expiresAt", o.expires_at}})
    if (!text.empty()) body[member] = text;
  if (const auto ttl = config::parse_duration(o.ttl)) body["timeToLive"] = ttl->count();
  return body;
}

credcache::secret_buffer text_of_body(const bj::object& body) {
  credcache::secret_buffer text;
  credcache::append_json(text, body);
  return text;
}

credcache::secret_buffer body_of(const add_options& o, const bj::value& capability, std::vector<given_value> values) {
  credcache::json_memory memory;
  auto body = begin_body(o, &memory);
  body["csp"] = view(text_of(capability, "csp"));
  if (o.selection.site.empty()) body["site"] = view(text_of(capability, "site"));
  body["type"] = view(text_of(capability, "type"));
  body["name"] = view(text_of(capability, "name"));
  auto& list = body["variables"].emplace_array();
  for (const auto& [name, value] : values) {
    bj::object variable(&memory);
    variable["name"] = name;
    variable["value"] = view(value.reveal());
    list.push_back(std::move(variable));
  }
  return text_of_body(body);
}

/// The object that a tool has printed, and beside its members those of `values`.
credcache::secret_buffer body_of_file(const add_options& o, const std::vector<given_value>& values) {
  const auto text = read_json(o.from_json);
  credcache::json_memory memory;
  bj::value printed(&memory);
  const auto fault = json::parse(text.reveal(), deepest_tool_output, &memory, &memory, printed);
  if (fault || !printed.is_object() || printed.get_object().empty())
    throw usage_error(fmt::format("found no JSON object with members in {}{}, expected what a tool has printed",
                                  o.from_json, fault ? " (" + *fault + ")" : ""));
  const auto& members = printed.get_object();
  if (members.contains("csp") && (members.contains("variables") || members.contains("credentials")))
    throw usage_error(fmt::format(
        "found a whole request in {}, expected what a tool has printed: leave out --csp and the other flags, and put "
        "what they say into the file, as \"profile\", \"timeToLive\" and so on",
        o.from_json));
  auto body = begin_body(o, &memory);
  auto& credentials = body["credentials"] = std::move(printed);
  for (const auto& [name, value] : values)
    if (!credentials.get_object().emplace(name, view(value.reveal())).second)
      throw usage_error(fmt::format("found {} beside one in {}, expected it once", name, o.from_json));
  return text_of_body(body);
}

client::response capabilities_of(const session& daemon, const selector& selection) {
  client::target target("/xpanse/credentials/capabilities");
  return daemon.look_up(target.with("cspName", selection.csp).with("type", selection.type));
}

/// Posts `body` and says what has become of it.
int store(const session& daemon, const add_options& o, const selector& meant, std::string_view body) {
  const auto answer = daemon.add(body, o.no_replace);
  if (!answer.ok()) return daemon.report(answer, meant);
  print_line(stored_text(client::document(answer.body.reveal()).root(), meant.name));
  return done;
}

/// Without one of its settings, an account would go to another place, or be another one.
void check_account(const clouds_file& file, const std::vector<asked_variable>& known, std::string_view definition) {
  for (const auto name : file.account_names()) {
    const auto is_called = [name](const asked_variable& v) {
      return v.name == name || std::ranges::find(v.exports, name) != v.exports.end();
    };
    if (std::ranges::none_of(known, is_called))
      throw usage_error(fmt::format(
          "found {} in {}, which {} does not take, expected an account for it; if it is one, give its values as words",
          credcache::printable(name), file.called(), definition));
  }
}

/// What the environment or a file has beside the words.
std::vector<given_value> values_found(const add_options& o, const std::vector<asked_variable>& known,
                                      const std::vector<given_value>& words, std::string_view definition) {
  if (o.from_environment) return looked_up_values(known, words, own_environment());
  const auto values_in = [&](const auto& file, bool has_aliases) {
    return looked_up_values(known, words,
                            {[&](const std::string& name) { return file.find(name); }, file.called(), has_aliases});
  };
  if (clouds_file::is_meant(o.from_file)) {
    const clouds_file file(o.from_file, o.section, o.selection.profile);
    check_account(file, known, definition);
    return values_in(file, false);
  }
  const settings_file file(o.from_file, o.section, o.selection.profile);
  return values_in(file, file.has_sections());
}

bj::array list_of_map(const bj::object& values, const bj::storage_ptr& memory) {
  bj::array list(memory);
  for (const auto& [name, value] : values) {
    bj::object variable(memory);
    variable["name"] = name;
    variable["value"] = value;
    list.push_back(std::move(variable));
  }
  return list;
}

/// Posts a whole request body. Its variables may be a map of names to values, and what it does not say of site, type and
/// name is what the flags would mean.
int add_body(const session& daemon, const add_options& o) {
  std::vector<std::string_view> others;
  for (const auto& [flag, text] : {std::pair<const char*, const std::string&>{"--site", o.selection.site},
                                   {"--type", o.selection.type},
                                   {"--name", o.selection.name},
                                   {"--profile", o.selection.profile},
                                   {"--ttl", o.ttl},
                                   {"--expires-at", o.expires_at},
                                   {"--description", o.description}})
    if (!text.empty()) others.emplace_back(flag);
  if (!o.values.empty()) others.emplace_back("values");
  if (!others.empty())
    throw usage_error(fmt::format(
        "found {} beside --from-json without --csp, which sends a whole request, expected that in the file, as "
        "\"profile\", \"timeToLive\" and so on; with --csp the file is what a tool of the cloud has printed",
        credcache::joined(others)));
  const auto text = read_json(o.from_json);
  credcache::json_memory memory;
  bj::value parsed(&memory);
  const auto fault = json::parse(text.reveal(), deepest_tool_output, &memory, &memory, parsed);
  if (fault || !parsed.is_object())
    throw usage_error(fmt::format("found no JSON object in {}{}, expected a request as in docs/cli.md", o.from_json,
                                  fault ? " (" + *fault + ")" : ""));
  auto& body = parsed.get_object();
  const selector meant{std::string(text_of(parsed, "csp")), std::string(text_of(parsed, "site")),
                       std::string(text_of(parsed, "type")), std::string(text_of(parsed, "name")),
                       std::string(text_of(parsed, "profile"))};
  auto* const variables = body.if_contains("variables");
  if (variables == nullptr || meant.csp.empty()) return store(daemon, o, meant, text.reveal());
  if (const auto* const map = variables->if_object()) *variables = list_of_map(*map, &memory);
  if (meant.site.empty() || meant.type.empty() || meant.name.empty()) {
    const auto known = capabilities_of(daemon, meant);
    if (!known.ok()) return daemon.report(known, meant);
    const client::document document(known.body.reveal());
    const auto& capability = choose(client::list_of(document.root()), meant, nullptr);
    for (const auto* member : {"site", "type", "name"})
      if (!body.contains(member)) body[member] = view(text_of(capability, member));
  }
  return store(daemon, o, meant, text_of_body(body).reveal());
}

}  // namespace

int run(const add_options& o) {
  const session daemon(o.connection);
  const bool from_file = !o.from_json.empty();
  if (int{from_file} + int{!o.from_file.empty()} + int{o.from_environment} > 1)
    throw usage_error("found several of --from-json, --from-file and --from-env, expected one of them");
  if (from_file && o.selection.csp.empty()) return add_body(daemon, o);
  if (o.selection.csp.empty()) throw usage_error("expected --csp, such as --csp aws, or --from-json FILE");
  if (from_file && o.values.empty()) return store(daemon, o, o.selection, body_of_file(o, {}).reveal());

  const auto known = capabilities_of(daemon, o.selection);
  if (!known.ok()) return daemon.report(known, o.selection);
  const client::document document(known.body.reveal());
  const auto& definitions = client::list_of(document.root());

  const bool looks_up = o.from_environment || !o.from_file.empty();
  const bool asks = o.values.empty() && !looks_up;
  const auto person = asks ? terminal::open() : nullptr;
  if (asks && person == nullptr)
    throw usage_error(
        "found no values and no terminal to ask at, expected NAME=@file, NAME=- (standard input), "
        "NAME=value if it is no secret, --from-env, --from-file FILE, or --from-json FILE");
  const auto& capability = choose(definitions, o.selection, person.get());
  auto variables = variables_of(capability);
  if (asks || looks_up) {
    const auto explained = daemon.get(explain_of(capability, o.selection));
    // Who may not ask has the variables' own names, which are one account's if no word gives a part of it.
    if (!explained.ok() && !o.values.empty()) return daemon.report(explained, o.selection);
    if (explained.ok()) add_explained(client::document(explained.body.reveal()).root(), variables);
  }
  auto values = asks ? ask_values(*person, variables) : read_values(o.values, variables);
  if (looks_up)
    std::ranges::move(values_found(o, variables, values, text_of(capability, "name")), std::back_inserter(values));
  const auto body = from_file ? body_of_file(o, values) : body_of(o, capability, std::move(values));
  selector meant = o.selection;
  if (definitions.size() > 1) meant.name = text_of(capability, "name");
  return store(daemon, o, meant, body.reveal());
}

}  // namespace credcached::cli
