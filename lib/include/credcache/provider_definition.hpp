// What a definition file says (docs/providers.md), as value types: csp, credential, variable.
//
// Equal is what has equal fields, all of them; a compiled pattern is equal to itself only.
//
// Thread safety: immutable once the catalog that owns them is loaded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credcache/authentication.hpp"
#include "credcache/credential.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// A value that must be a JSON object, such as a service account's key file.
struct json_object_rule {
  std::map<std::string, std::string> equals;  ///< member → the text it must have
  std::vector<std::string> required;          ///< members that must be non-blank text
  std::map<std::string, std::string> fills;   ///< variable → member that gives its value where no source does

  bool operator==(const json_object_rule&) const = default;
};

struct variable_definition {
  std::string name;
  std::string description;
  bool mandatory = true;
  bool sensitive = false;
  std::vector<std::string> aliases;            ///< accepted where a value is given, stored under the name
  std::vector<std::string> environment_names;  ///< further names to look up, after the name itself
  std::string pattern;                         ///< whole-value regular expression, empty for none
  std::vector<std::string> export_as;          ///< further names under which resolve hands the value out, and takes it
  std::optional<json_object_rule> json;
  std::vector<std::string> handed_out_as;  ///< name and export_as: every name in a resolve answer
  std::vector<std::string> looked_up_as;   ///< name, environment_names, export_as: in a source; made by load()

  /// True if `value` is text and fits `pattern` and `json`; otherwise `why` is "found …, expected …", without the value.
  [[nodiscard]] bool accepts(std::string_view value, std::string& why) const;
  /// True if `text` is the name, an alias or one of export_as.
  [[nodiscard]] bool is_called(std::string_view text) const noexcept;
  /// The text of `member` if `value` is a JSON object with such a member, else empty.
  [[nodiscard]] static secret json_member(std::string_view value, std::string_view member);

  struct compiled_pattern;
  std::shared_ptr<const compiled_pattern> compiled;  ///< made by load()
  bool operator==(const variable_definition&) const = default;
};

/// Variables of a credential by their positions, the first one in the lowest bit (most_variables fit).
using variable_set = std::uint64_t;

/// One capability of a csp.
struct credential_definition {
  credential_type type = credential_type::variables;
  std::string name;
  std::string description;
  std::vector<variable_definition> variables;
  std::vector<std::pair<std::string, std::string>> constants;  ///< handed out with every answer, e.g. OS_AUTH_TYPE
  std::vector<variable_set> together;  ///< variables that come from one source, whole or not at all; no two sets meet
  std::vector<variable_set> one_of;    ///< of each set one variable must be filled
  std::optional<authentication> presented;  ///< none: its values are for tools, not for requests
  variable_set required = 0;                ///< mandatory variables that are in no one_of; made by load()
  std::size_t index = 0;                    ///< position among all definitions of the catalog

  /// By any name that is_called() knows, the first if an alias stands on several variables; null if there is none.
  [[nodiscard]] const variable_definition* find_variable(std::string_view name_or_alias) const noexcept;
  [[nodiscard]] std::vector<std::string> names_of(variable_set set) const;

  bool operator==(const credential_definition&) const = default;
};

/// An environment name without which a csp is not active; its value is handed out under `export_as`, if that has names.
struct required_name {
  std::string name;
  std::vector<std::string> export_as;
  bool operator==(const required_name&) const = default;
};

using fixed_values = std::map<std::string, std::string>;  ///< the value of a variable, by its name

struct csp_definition {
  std::string name;      ///< canonical spelling
  std::string constant;  ///< xpanse's constant, for uniqueKey and old clients
  std::vector<std::string> sites;
  std::vector<required_name> required_names;
  std::vector<credential_definition> credentials;
  std::vector<std::string> expires_as;  ///< further names under which the time of expiry goes to a command
  std::vector<std::string> unset;       ///< names that tools of this csp prefer to what is handed out; NAME*: all such
  std::map<std::string, fixed_values, std::less<>> profiles;  ///< by the name of the profile
  std::size_t index = 0;                                      ///< position in the catalog
  std::string file;                                           ///< where it was read

  [[nodiscard]] const credential_definition* find(credential_type type, std::string_view name) const noexcept;
  /// Every environment name that may hold a part of a credential of this csp, sorted.
  [[nodiscard]] std::vector<std::string> known_names() const;
  /// The types it has definitions of, in the order of credential_type.
  [[nodiscard]] std::vector<credential_type> types() const;
  bool operator==(const csp_definition&) const = default;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
