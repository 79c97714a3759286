#include "credcache/provider_definition.hpp"

#include <algorithm>
#include <set>

namespace credcache::inline v1 {

const credential_definition* csp_definition::find(credential_type type, std::string_view name_wanted) const noexcept {
  const auto found = std::ranges::find_if(credentials, [&](const credential_definition& definition) {
    return definition.type == type && definition.name == name_wanted;
  });
  return found == credentials.end() ? nullptr : &*found;
}

std::vector<credential_type> csp_definition::types() const {
  std::set<credential_type> types;
  for (const auto& definition : credentials) types.insert(definition.type);
  return {types.begin(), types.end()};
}

std::vector<std::string> csp_definition::known_names() const {
  std::set<std::string> names(unset.begin(), unset.end());
  names.insert(expires_as.begin(), expires_as.end());
  for (const auto& required : required_names) names.insert(required.export_as.begin(), required.export_as.end());
  for (const auto& definition : credentials) {
    for (const auto& fixed : definition.constants) names.insert(fixed.first);
    for (const auto& variable : definition.variables) {
      names.insert(variable.handed_out_as.begin(), variable.handed_out_as.end());
      names.insert(variable.environment_names.begin(), variable.environment_names.end());
    }
  }
  return {names.begin(), names.end()};
}

bool variable_definition::is_called(std::string_view text) const noexcept {
  const auto is_in = [text](const std::vector<std::string>& names) {
    return std::ranges::find(names, text) != names.end();
  };
  return name == text || is_in(aliases) || is_in(export_as);
}

std::vector<std::string> credential_definition::names_of(variable_set set) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if ((set >> i & 1) != 0) names.push_back(variables[i].name);
  }
  return names;
}

// No alias is the name or the exportAs of another variable, so the first one that answers to the text is right.
const variable_definition* credential_definition::find_variable(std::string_view name_or_alias) const noexcept {
  const auto found = std::ranges::find_if(
      variables, [&](const variable_definition& variable) { return variable.is_called(name_or_alias); });
  return found == variables.end() ? nullptr : &*found;
}

}  // namespace credcache::inline v1
