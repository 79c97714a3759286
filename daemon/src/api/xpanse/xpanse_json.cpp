#include "api/xpanse/xpanse_json.hpp"

#include "base/text.hpp"

namespace credcached::api {

std::string constant_of(credcache::credential_type type) {
  return credcache::upper_case(to_string(type));
}

void begin_item(json::json_writer& json, const credcache::csp_definition& csp, std::string_view site,
                const credcache::credential_definition& definition, std::string_view description) {
  json.begin_object().key("csp").string(csp.name).key("site").string(site);
  json.key("type").string(to_string(definition.type)).key("name").string(definition.name);
  json.key("description").string(description);
}

void write_variable(json::json_writer& json, const credcache::variable_definition& variable, bool sensitive,
                    std::string_view value) {
  json.begin_object().key("name").string(variable.name).key("description").string(variable.description);
  json.key("isMandatory").boolean(variable.mandatory).key("isSensitive").boolean(sensitive);
  json.key("value").string(value).end_object();
}

void end_item(json::json_writer& json, const credcache::csp_definition& csp, std::string_view site,
              const credcache::credential_definition& definition) {
  json.key("uniqueKey")
      .string(csp.constant + "-" + std::string(site) + "-" + constant_of(definition.type) + "-" + definition.name)
      .end_object();
}

}  // namespace credcached::api
