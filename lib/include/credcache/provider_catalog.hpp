// The provider definitions: which csps there are, their sites, and which credentials each one takes.
//
// Thread safety: a catalog is immutable once loaded; share it as std::shared_ptr<const provider_catalog>.
// Ownership:     the catalog owns everything; the pointers it hands out live as long as it does.
// Failure:       load() throws catalog_error that names file, line, column, what was found and what was expected. It is
// all
//                or nothing: a reload that throws leaves the old catalog with whoever holds it.
// Source:        docs/providers.md has the file format.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/credential.hpp"

namespace credcache {

/// A value that must be a JSON object, such as a service account's key file.
struct json_object_rule {
  std::map<std::string, std::string> equals;  ///< member → the text it must have
  std::vector<std::string> required;          ///< members that must be non-blank text
  std::map<std::string, std::string> fills;   ///< variable → member that gives its value where no source does
};

struct variable_definition {
  std::string name;
  std::string description;
  bool mandatory = true;
  bool sensitive = false;
  std::vector<std::string> aliases;            ///< accepted in add, stored under the name
  std::vector<std::string> environment_names;  ///< further names to look up, after the name itself
  std::string pattern;                         ///< whole-value regular expression, empty for none
  std::vector<std::string> export_as;          ///< further names under which resolve hands the value out
  std::optional<json_object_rule> json;
  std::vector<std::string> handed_out_as;  ///< name and export_as: every name in a resolve answer

  /// True if `value` fits `pattern` and `json`; otherwise `why` says what was expected, without the value.
  [[nodiscard]] bool accepts(std::string_view value, std::string& why) const;
  /// True if `text` is the name or an alias.
  [[nodiscard]] bool is_called(std::string_view text) const noexcept;
  /// The text of `member` if `value` is a JSON object with such a member, else empty.
  [[nodiscard]] static secret json_member(std::string_view value, std::string_view member);

  struct compiled_pattern;
  std::shared_ptr<const compiled_pattern> compiled;  ///< made by load()
};

/// One capability of a csp.
struct credential_definition {
  credential_type type = credential_type::variables;
  std::string name;
  std::string description;
  std::vector<variable_definition> variables;
  std::vector<std::pair<std::string, std::string>> constants;  ///< handed out with every answer, e.g. OS_AUTH_TYPE
  std::size_t index = 0;                                       ///< position among all definitions of the catalog

  /// By name or alias; null if there is none.
  [[nodiscard]] const variable_definition* find_variable(std::string_view name_or_alias) const noexcept;
};

/// An environment name without which a csp is not active; its value is handed out under `export_as`, if that has names.
struct required_name {
  std::string name;
  std::vector<std::string> export_as;
};

struct csp_definition {
  std::string name;      ///< canonical spelling
  std::string constant;  ///< xpanse's constant, for uniqueKey and old clients
  std::vector<std::string> sites;
  std::vector<required_name> required_names;
  std::vector<credential_definition> credentials;
  std::size_t index = 0;  ///< position in the catalog
  std::string file;       ///< where it was read

  [[nodiscard]] bool has_site(std::string_view site) const noexcept;
  [[nodiscard]] const credential_definition* find(credential_type type, std::string_view name) const noexcept;
  /// The types it has definitions of, in the order of credential_type.
  [[nodiscard]] std::vector<credential_type> types() const;
};

class catalog_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One definition file: `name` is what messages call it and what decides the order.
struct definition_file {
  std::string name;
  std::string text;
};

class provider_catalog {
 public:
  /// Reads `built_in`, then `folder` (its *.yaml files): a file of the same csp in `folder` replaces the built-in one
  /// in place order; the others join in the lexical order of all file names.
  [[nodiscard]] static std::shared_ptr<const provider_catalog> load(std::span<const definition_file> built_in,
                                                                    std::span<const definition_file> folder = {});

  [[nodiscard]] std::span<const csp_definition> csps() const noexcept { return csps_; }
  /// By name or xpanse constant, without regard to case; null if there is none.
  [[nodiscard]] const csp_definition* find_csp(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t definition_count() const noexcept { return definition_count_; }
  /// Every environment name that a definition may look up, each once.
  [[nodiscard]] std::vector<std::string> environment_names() const;

 private:
  std::vector<csp_definition> csps_;
  std::size_t definition_count_ = 0;
};

/// Reads every *.yaml file of a folder, in lexical order. Throws catalog_error if it cannot be read.
[[nodiscard]] std::vector<definition_file> read_definition_folder(const std::string& folder);

/// The definitions that are compiled in.
[[nodiscard]] std::span<const definition_file> built_in_definitions();

}  // namespace credcache
