// Tables of the keys of a map in the configuration file, and reading a map by its table.
//
// Thread safety: pure functions of their input.
// Failure:       credcache::yaml_error, with the place in the file.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "base/yaml.hpp"

namespace credcached::config {

/// One key of a map and how its value goes into T.
template <class T>
struct yaml_key {
  std::string_view name;
  void (*read)(const credcache::yaml_value&, T&);
};

/// Reads a map by its table, in the order of the table, so that a key may rely on those before it. Unknown keys are
/// errors.
template <class T, std::size_t N>
void read_map(const credcache::yaml_value& map, const yaml_key<T> (&keys)[N], T& into) {
  std::array<std::string_view, N> names;
  std::ranges::transform(keys, names.begin(), &yaml_key<T>::name);
  for (const auto& [key, value] : map.members()) {
    if (std::ranges::find(names, key.scalar()) == names.end())
      key.refuse("the unknown key " + key.description(), credcache::one_of_text(names));
  }
  for (const auto& key : keys) {
    if (const auto value = map[key.name]; value.is_defined()) key.read(value, into);
  }
}

}  // namespace credcached::config
