// add: finds the definition, collects its values, posts them. Or posts a file as it is.
#include <fmt/format.h>

#include <algorithm>

#include "base/json_memory.hpp"
#include "base/text.hpp"
#include "cli/add_values.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "client/document.hpp"
#include "config/duration.hpp"

namespace credcached::cli {

namespace json = boost::json;
using client::text_of;
using credcache::printable;

namespace {

int add_file(const session& daemon, const add_options& o) {
  const auto& w = o.selection;
  if (!(w.csp + w.site + w.type + w.name + o.ttl + o.description).empty())
    throw usage_error(
        "found other flags beside --from-json, expected them as members of the file, which is sent as it is");
  const auto body = read_file(o.from_json);
  if (credcache::is_blank(body.reveal()))
    throw usage_error("found nothing in " + o.from_json + ", expected a JSON object");
  const auto answer = daemon.add(body.reveal());
  if (!answer.ok()) return report(answer);
  print("added\n");
  return done;
}

/// The one definition that is meant; asks if there are several.
const json::value& choose(const json::array& capabilities, const selector& selection, const terminal* person) {
  std::vector<const json::value*> fitting;
  std::vector<std::string_view> known;
  for (const auto& capability : capabilities) {
    const auto name = text_of(capability, "name");
    known.push_back(name);
    if (selection.name.empty() || selection.name == name) fitting.push_back(&capability);
  }
  if (capabilities.empty()) {
    throw usage_error(fmt::format("{0} takes no credential of type {1}; see `credcached capabilities --csp {0}`",
                                  selection.csp, selection.type.empty() ? "variables" : selection.type));
  }
  const std::string names = credcache::joined(known);
  if (fitting.empty()) {
    throw usage_error(fmt::format("found --name {}, expected one of the definitions of {}: {}", selection.name,
                                  selection.csp, names));
  }
  if (fitting.size() == 1) return *fitting.front();
  if (person == nullptr)
    throw usage_error(selection.csp + " takes several credentials, expected --name with one of " + names);

  person->say(selection.csp + " takes several credentials:\n");
  for (std::size_t i = 0; i < fitting.size(); ++i)
    person->say("  " + std::to_string(i + 1) + "  " + std::string(text_of(*fitting[i], "name")) + "  " +
                std::string(text_of(*fitting[i], "description")) + "\n");
  const auto answer = person->ask("Which one? ", true);
  for (std::size_t i = 0; i < fitting.size(); ++i)
    if (answer.reveal() == std::to_string(i + 1) || answer.reveal() == text_of(*fitting[i], "name")) return *fitting[i];
  throw usage_error("expected a number from 1 to " + std::to_string(fitting.size()));
}

std::vector<asked_variable> variables_of(const json::value& capability) {
  std::vector<asked_variable> variables;
  for (const auto& v : client::list_of(capability, "variables"))
    variables.push_back({std::string(text_of(v, "name")), std::string(text_of(v, "description")),
                         client::flag_of(v, "isMandatory"), client::flag_of(v, "isSensitive")});
  return variables;
}

json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

credcache::secret_buffer body_of(const add_options& o, const json::value& capability, std::vector<given_value> values) {
  credcache::json_memory memory;
  json::object body(&memory);
  body["csp"] = view(text_of(capability, "csp"));
  body["site"] = view(o.selection.site.empty() ? text_of(capability, "site") : o.selection.site);
  body["type"] = view(text_of(capability, "type"));
  body["name"] = view(text_of(capability, "name"));
  if (!o.description.empty()) body["description"] = o.description;
  if (const auto ttl = config::parse_duration(o.ttl)) body["timeToLive"] = ttl->count();
  auto& list = body["variables"].emplace_array();
  for (const auto& [name, value] : values) {
    json::object variable(&memory);
    variable["name"] = name;
    variable["value"] = view(value.reveal());
    list.push_back(std::move(variable));
  }
  credcache::secret_buffer text;
  credcache::append_json(text, body);
  return text;
}

}  // namespace

int run(const add_options& o) {
  const session daemon(o.connection);
  if (!o.from_json.empty()) return add_file(daemon, o);
  if (o.selection.csp.empty()) throw usage_error("expected --csp, such as --csp aws, or --from-json FILE");

  client::target capabilities("/xpanse/credentials/capabilities");
  capabilities.with("cspName", o.selection.csp).with("type", o.selection.type.empty() ? "variables" : o.selection.type);
  const auto known = daemon.look_up(capabilities);
  if (!known.ok()) return report(known, o.selection.csp);
  const client::document document(known.body.reveal());

  const auto person = o.values.empty() ? terminal::open() : nullptr;
  if (o.values.empty() && person == nullptr)
    throw usage_error(
        "found no values and no terminal to ask at, expected NAME=@file, NAME=- (standard input), "
        "NAME=value if it is no secret, or --from-json FILE");
  const auto& capability = choose(client::list_of(document.root()), o.selection, person.get());
  const auto variables = variables_of(capability);
  const auto body = body_of(o, capability, person ? ask_values(*person, variables) : read_values(o.values, variables));

  const auto answer = daemon.add(body.reveal());
  if (!answer.ok()) return report(answer, o.selection.csp);
  print("added " + printable(text_of(capability, "csp")) + " " +
        (o.selection.site.empty() ? printable(text_of(capability, "site")) : o.selection.site) + " " +
        printable(text_of(capability, "type")) + " " + printable(text_of(capability, "name")) + "\n");
  return done;
}

}  // namespace credcached::cli
