// A csp's credentials as OpenAPI 3.1: the part of the contract that adds them, with every choice spelled out.
#include <algorithm>
#include <set>

#include "api/documents/credential_document.hpp"
#include "base/text.hpp"
#include "credcache/version.hpp"
#include "json/json_writer.hpp"

namespace credcached::api {
namespace {

using credcache::credential_definition;
using credcache::variable_definition;

// What all these documents have in common, as it stands in the contract.
constexpr std::string_view tags = R"([
  {"name": "User credentials", "description": "Credentials of a user."},
  {"name": "ISV credentials", "description": "Credentials of an ISV (independent software vendor)."}
])";
constexpr std::string_view bearer_token = R"({"type": "http", "scheme": "bearer", "description":
    "On TCP only. On a Unix socket the kernel identifies the peer, which OpenAPI has no word for."})";
constexpr std::string_view responses = R"({
  "204": {"description": "Stored. There is no body."},
  "400": {"description": "Malformed JSON, a wrong JSON type, an unknown member or variable (Parameters Invalid), a csp that is not active (Plugin Not Found), no such definition or site (Credential Capability Not Found), or a mandatory variable that no source fills (Credential Variables Not Complete).", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
  "401": {"description": "On TCP, no token or a wrong one.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
  "403": {"description": "The access rules do not let this peer do that.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
  "422": {"description": "A field is missing, null, blank, out of range or there twice.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
  "default": {"description": "Any other error.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
})";
constexpr std::string_view problem_schema = R"({
  "type": "object", "description": "Every error, whatever its status.", "required": ["errorType", "details"],
  "properties": {
    "errorType": {"type": "string"},
    "details": {"type": "array", "description": "What is wrong and what to do next. Never a value.", "minItems": 1, "items": {"type": "string"}}
  }
})";
constexpr std::string_view lifetime = R"({"type": "integer", "format": "int32", "minimum": 1, "description":
    "Seconds to live; left out, the daemon's default. A replaced credential begins a new life.", "examples": [3600]})";
constexpr std::string_view deadline =
    R"({"type": "string", "format": "date-time", "description": "When its life ends, in place of timeToLive."})";

struct documented_operation {
  std::string_view method, id, summary;
};
struct documented_path {
  std::string_view path, tag, header, header_description;
  documented_operation operations[2];
};
constexpr documented_path documented_paths[] = {
    {"/xpanse/user/credentials",
     "User credentials",
     "X-Credential-User",
     "The user it is for. Left out, the login name of the peer or the user its token is bound to.",
     {{"post", "addUserCloudCredential", "Add or replace a credential of a user"},
      {"put", "updateUserCloudCredential", "Replace or add a credential of a user"}}},
    {"/xpanse/isv/credentials",
     "ISV credentials",
     "X-Credential-Isv",
     "The ISV it is for.",
     {{"post", "addIsvCloudCredential", "Add or replace a credential of an ISV"},
      {"put", "updateIsvCloudCredential", "Replace or add a credential of an ISV"}}},
};

// Names of components allow fewer characters than names of definitions.
std::vector<std::string> component_names(const std::vector<const credential_definition*>& definitions) {
  std::vector<std::string> names;
  std::set<std::string> taken{"Problem"};
  for (const auto* definition : definitions) {
    std::string name = definition->name;
    for (char& c : name) {
      if (!credcache::is_alphanumeric(c) && c != '-') c = '_';
    }
    while (!taken.insert(name).second) name += "_";
    names.push_back(std::move(name));
  }
  return names;
}

std::string reference_to(std::string_view component) {
  return "#/components/schemas/" + std::string(component);
}

void only_text(json::json_writer& json, std::string_view key, std::string_view only) {
  json.key(key).begin_object().key("type").string("string").key("const").string(only).end_object();
}

std::string describe_value(const variable_definition& variable) {
  std::string text = variable.mandatory ? "Mandatory: left out or blank, another source must fill it." : "Optional.";
  if (variable.json) {
    text += " A JSON object";
    for (const auto& [name, value] : variable.json->equals) text += ", its " + name + " being " + value;
    if (!variable.json->required.empty()) text += ", with the members " + credcache::joined(variable.json->required);
    text += ".";
  }
  if (!variable.pattern.empty()) text += " As a whole it matches " + variable.pattern;
  return text;
}

void write_variable_schema(json::json_writer& json, const variable_definition& variable) {
  json.begin_object().key("type").string("object").key("title").string(variable.name);
  json.key("description").string(variable.description);
  json.key("required").strings(std::vector<std::string>{"name", "value"});
  json.key("properties").begin_object();
  json.key("name").begin_object().key("type").string("string").key("enum").begin_array().string(variable.name);
  for (const auto& alias : variable.aliases) json.string(alias);
  for (const auto& name : variable.export_as) {
    if (std::ranges::find(variable.aliases, name) == variable.aliases.end()) json.string(name);
  }
  json.end_array().end_object();
  json.key("value").begin_object().key("type").literal(R"(["string", "null"])");
  json.key("description").string(describe_value(variable));
  if (variable.json) json.key("contentMediaType").string("application/json");
  if (variable.sensitive) json.key("format").string("password").key("writeOnly").boolean(true);
  json.end_object();
  json.key("description").literal(R"({"type": ["string", "null"], "description": "Ignored."})");
  json.key("isMandatory").begin_object().key("type").literal(R"(["boolean", "null"])");
  json.key("default").boolean(variable.mandatory).key("description").string("Ignored; the definition decides.");
  json.end_object();
  json.key("isSensitive").begin_object().key("type").literal(R"(["boolean", "null"])");
  json.key("default").boolean(variable.sensitive);
  json.key("description").string("True makes it sensitive; false never takes that away.").end_object();
  json.end_object().end_object();
}

void write_credential_schema(json::json_writer& json, const credcache::csp_definition& csp,
                             const credential_definition& definition) {
  json.begin_object().key("type").string("object").key("title").string(definition.name);
  std::string description = definition.description;
  for (const std::string& sentence : sentences_on_sets(definition)) description += ' ' + sentence;
  json.key("description").string(description);
  json.key("required").strings(std::vector<std::string>{"csp", "site", "type", "name", "variables"});
  json.key("additionalProperties").boolean(false);
  json.key("not").literal(R"({"required": ["timeToLive", "expiresAt"]})");
  json.key("properties").begin_object();
  only_text(json, "csp", csp.name);
  json.key("site").begin_object().key("type").string("string").key("enum").strings(csp.sites).end_object();
  only_text(json, "type", to_string(definition.type));
  only_text(json, "name", definition.name);
  json.key("description").begin_object().key("type").literal(R"(["string", "null"])");
  json.key("default").string(definition.description).end_object();
  json.key("variables").begin_object().key("type").string("array").key("minItems").number(1);
  json.key("maxItems").number(static_cast<std::int64_t>(definition.variables.size()));
  // Not oneOf: an alias may stand on two variables.
  json.key("items").begin_object().key("anyOf").begin_array();
  for (const auto& variable : definition.variables) write_variable_schema(json, variable);
  json.end_array().end_object().end_object();
  json.key("timeToLive").literal(lifetime).key("expiresAt").literal(deadline);
  json.key("userId").literal(R"({"description": "Accepted and ignored.", "deprecated": true})");
  json.end_object().end_object();
}

// How requests to the cloud carry the credential. The daemon's own paths do not ask for it.
void write_security_scheme(json::json_writer& json, const credcache::authentication& how) {
  json.begin_object();
  if (how.scheme == credcache::authentication_scheme::api_key) {
    json.key("type").string("apiKey").key("in").string(to_string(how.in)).key("name").string(how.field);
  } else {
    json.key("type").string("http");
    json.key("scheme").string(how.scheme == credcache::authentication_scheme::basic ? "basic" : "bearer");
  }
  json.key("description").string("Of requests to " + credcache::joined(how.hosts) + ", not of those to this daemon.");
  json.end_object();
}

void write_operation(json::json_writer& json, const documented_path& path, const documented_operation& operation,
                     const credential_document& document, const std::vector<std::string>& components) {
  const auto definitions = document.definitions();
  json.key(operation.method).begin_object().key("tags").begin_array().string(path.tag).end_array();
  json.key("operationId").string(operation.id).key("summary").string(operation.summary);
  json.key("description").string("POST and PUT do the same. What is refused changes nothing.");
  json.key("parameters").begin_array().begin_object().key("name").string(path.header).key("in").string("header");
  json.key("description").string(path.header_description);
  json.key("schema").literal(R"({"type": "string", "minLength": 1, "maxLength": 255})").end_object().end_array();
  json.key("requestBody").begin_object().key("required").boolean(true);
  json.key("content").begin_object().key("application/json").begin_object();
  json.key("schema").begin_object();
  if (components.size() == 1) {
    json.key("$ref").string(reference_to(components.front()));
  } else {
    json.key("oneOf").begin_array();
    for (const auto& name : components) json.begin_object().key("$ref").string(reference_to(name)).end_object();
    json.end_array();
  }
  json.end_object().key("examples").begin_object();
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    json.key(components[i]).begin_object().key("summary").string(definitions[i]->description);
    json.key("value").literal(example_body(*document.csp, *definitions[i])).end_object();
  }
  json.end_object().end_object().end_object().end_object();
  json.key("responses").literal(responses).end_object();
}

}  // namespace

void write_credential_openapi(credcache::secret_buffer& out, const credential_document& document) {
  const auto definitions = document.definitions();
  const auto components = component_names(definitions);
  const std::string type(to_string(document.type));
  json::json_writer json(out);
  json.begin_object().key("openapi").string("3.1.0").key("info").begin_object();
  json.key("title").string("credcached: credentials of " + document.csp->name + ", type " + type);
  json.key("version").string(CREDCACHE_VERSION_STRING);
  json.key("description")
      .string("What to send so that credcached keeps a credential of " + document.csp->name +
              ". The whole contract is at /openapi.json. Csp and type match without regard to case; names and "
              "sites do not.");
  json.key("license").literal(R"({"name": "Apache License 2.0", "identifier": "Apache-2.0"})").end_object();
  json.key("servers").literal(R"([{"url": "/", "description": "The daemon that served this document."}])");
  json.key("security").literal(R"([{}, {"bearerToken": []}])").key("tags").literal(tags);
  json.key("paths").begin_object();
  for (const documented_path& path : documented_paths) {
    json.key(path.path).begin_object();
    for (const documented_operation& operation : path.operations)
      write_operation(json, path, operation, document, components);
    json.end_object();
  }
  json.end_object().key("components").begin_object().key("securitySchemes").begin_object();
  json.key("bearerToken").literal(bearer_token);
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    if (!definitions[i]->presented) continue;
    json.key(components[i]);
    write_security_scheme(json, *definitions[i]->presented);
  }
  json.end_object();
  json.key("schemas").begin_object();
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    json.key(components[i]);
    write_credential_schema(json, *document.csp, *definitions[i]);
  }
  json.key("Problem").literal(problem_schema).end_object().end_object().end_object();
}

}  // namespace credcached::api
