// One value of the configuration file with its place, read as the type that is expected there.
//
// Used by load_settings.cpp alone. Thread safety: none needed. Failure: every function throws config_error of the form
// "FILE:LINE:COLUMN: found …, expected …".
#pragma once

#include <sys/types.h>
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_error.hpp"

namespace credcached::config {

class yaml_value {
 public:
  /// A list longer than this is refused; aliases could make a small file mean a very long one.
  static constexpr std::size_t longest_list = 1'024;
  static constexpr std::size_t most_keys = 64;  ///< of one map; ours have 20

  yaml_value(const YAML::Node& node, std::string_view file) : node_(node), file_(file) {}

  /// "FILE:LINE:COLUMN: ", counted from one.
  [[nodiscard]] std::string place() const;
  [[noreturn]] void refuse(std::string_view expected) const;
  [[noreturn]] void refuse(std::string_view found, std::string_view expected) const;

  [[nodiscard]] bool is_null() const { return node_.IsNull(); }
  /// Nothing, or "".
  [[nodiscard]] bool is_empty() const { return node_.IsNull() || (node_.IsScalar() && node_.Scalar().empty()); }
  [[nodiscard]] bool is_map() const { return node_.IsMap(); }

  /// Text without control characters; not empty.
  [[nodiscard]] std::string text(std::string_view expected) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::uint64_t number(std::uint64_t least, std::uint64_t most) const;
  [[nodiscard]] double rate() const;
  [[nodiscard]] std::chrono::seconds duration(std::chrono::seconds least, std::chrono::seconds most) const;
  [[nodiscard]] mode_t mode() const;
  /// The index of the text in `choices`.
  [[nodiscard]] std::size_t one_of(std::span<const std::string_view> choices) const;

  [[nodiscard]] std::vector<yaml_value> items() const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view expected) const;
  /// The members of a map; a key that is no plain text or comes twice is refused.
  [[nodiscard]] std::vector<std::pair<yaml_value, yaml_value>> members() const;

 private:
  YAML::Node node_;
  std::string_view file_;
};

/// One key of a map and how its value goes into T.
template <class T>
struct yaml_key {
  std::string_view name;
  void (*read)(const yaml_value&, T&);
};

/// The one document of a text; throws YAML::Exception for broken text and for a second document.
[[nodiscard]] YAML::Node load_single_document(const std::string& text);

/// Joins names for "expected one of …".
[[nodiscard]] std::string one_of_text(std::span<const std::string_view> names);

/// Reads a map by its table, in the order of the table, so that a key may rely on those before it. Unknown keys are
/// errors.
template <class T>
void read_map(const yaml_value& map, std::span<const yaml_key<T>> keys, T& into) {
  const auto members = map.members();
  for (const auto& [key, value] : members) {
    const auto name = key.text("a key");
    bool known = false;
    for (const auto& k : keys) known = known || k.name == name;
    if (known) continue;
    std::vector<std::string_view> names;
    for (const auto& k : keys) names.push_back(k.name);
    key.refuse("the unknown key \"" + name + "\"", one_of_text(names));
  }
  for (const auto& k : keys)
    for (const auto& [key, value] : members)
      if (key.text("a key") == k.name) k.read(value, into);
}

}  // namespace credcached::config
