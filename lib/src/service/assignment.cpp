#include "service/assignment.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace credcache::inline v1 {

assignment assign(const credential_definition& definition, std::span<const given_variable> given) {
  assignment result;
  std::map<std::size_t, const given_variable*> by_alias;
  for (const given_variable& g : given) {
    bool known = false;
    for (std::size_t i = 0; i < definition.variables.size(); ++i) {
      const variable_definition& v = definition.variables[i];
      if (!v.is_called(g.name)) continue;
      known = true;
      if (is_blank(g.value.reveal())) continue;
      const bool added = (v.name == g.name ? result.values : by_alias).emplace(i, &g).second;
      if (!added) result.twice.push_back(v.name);
    }
    if (!known) result.unknown.push_back(g.name);
  }
  for (const auto& [i, g] : by_alias) {
    const bool in_use = std::ranges::any_of(by_alias, [&, same = g](const auto& other) {
      return other.second == same && !result.values.contains(other.first);
    });
    if (!in_use) result.twice.push_back(definition.variables[i].name);
  }
  result.values.merge(by_alias);
  return result;
}

failure given_twice(const assignment& assigned) {
  return {error::duplicate_variable, {"Given more than once: " + enumerate(assigned.twice) + "."}};
}

}  // namespace credcache::inline v1
