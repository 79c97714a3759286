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

bool variable_definition::is_called(std::string_view text) const noexcept {
  return name == text || std::ranges::find(aliases, text) != aliases.end();
}

// No alias is the name of another variable, so the first variable that answers to the text is the right one.
const variable_definition* credential_definition::find_variable(std::string_view name_or_alias) const noexcept {
  const auto found = std::ranges::find_if(
      variables, [&](const variable_definition& variable) { return variable.is_called(name_or_alias); });
  return found == variables.end() ? nullptr : &*found;
}

}  // namespace credcache::inline v1
