#include "api/documents/credential_document.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/json_writer.hpp"

namespace credcached::api {
namespace {

using credcache::credential_definition;

constexpr std::string_view page_suffix = "_credentialApi.html";
constexpr std::string_view openapi_suffix = "_credentialApi.json";

bool remove_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

std::string credential_document::name() const {
  return csp->name + "_" + std::string(to_string(type)) +
         std::string(form == document_form::page ? page_suffix : openapi_suffix);
}

std::vector<const credential_definition*> credential_document::definitions() const {
  std::vector<const credential_definition*> found;
  for (const auto& definition : csp->credentials) {
    if (definition.type == type) found.push_back(&definition);
  }
  return found;
}

std::optional<credential_document> find_credential_document(std::string_view name,
                                                            const credcache::provider_catalog& catalog) {
  credential_document document;
  if (remove_suffix(name, openapi_suffix)) {
    document.form = document_form::openapi;
  } else if (!remove_suffix(name, page_suffix)) {
    return std::nullopt;
  }
  // Names of csps and of types may hold underscores, so each of them may be where the type begins.
  for (std::size_t at = name.find('_'); at != std::string_view::npos; at = name.find('_', at + 1)) {
    const auto type = credcache::credential_type_of(name.substr(at + 1));
    document.csp = type ? catalog.find_csp(name.substr(0, at)) : nullptr;
    if (document.csp == nullptr) continue;
    document.type = *type;
    if (!document.definitions().empty()) return document;
  }
  return std::nullopt;
}

std::string example_value(const credcache::variable_definition& variable) {
  if (!variable.json) return "your " + variable.name;
  std::string members;
  const auto add = [&](std::string_view name, std::string_view value) {
    members += (members.empty() ? "" : ", ") + json::in_quotes(name) + ": " + json::in_quotes(value);
  };
  for (const auto& [name, value] : variable.json->equals) add(name, value);
  for (const auto& name : variable.json->required) {
    if (!variable.json->equals.contains(name)) add(name, "…");
  }
  return "{" + members + "}";
}

std::vector<std::string> sentences_on_sets(const credential_definition& definition) {
  std::vector<std::string> all;
  for (const credcache::variable_set group : definition.together) {
    all.push_back(credcache::enumerate(definition.names_of(group)) +
                  " go together: they are given, or come from another source, whole or not at all.");
  }
  for (const credcache::variable_set set : definition.one_of)
    all.push_back("Of " + credcache::enumerate(definition.names_of(set)) + " one is enough.");
  return all;
}

std::string example_body(const credcache::csp_definition& csp, const credential_definition& definition) {
  const auto& variables = definition.variables;
  const bool all = std::none_of(variables.begin(), variables.end(), [](const auto& v) { return v.mandatory; });
  std::string list;
  for (const auto& variable : variables) {
    if (!all && !variable.mandatory) continue;
    list += (list.empty() ? "\n    {\"name\": " : ",\n    {\"name\": ") + json::in_quotes(variable.name) +
            ", \"value\": " + json::in_quotes(example_value(variable)) + "}";
  }
  return "{\n  \"csp\": " + json::in_quotes(csp.name) + ",\n  \"site\": " + json::in_quotes(csp.sites.front()) +
         ",\n  \"type\": " + json::in_quotes(to_string(definition.type)) +
         ",\n  \"name\": " + json::in_quotes(definition.name) + ",\n  \"variables\": [" + list +
         "\n  ],\n  \"timeToLive\": 3600\n}";
}

}  // namespace credcached::api
