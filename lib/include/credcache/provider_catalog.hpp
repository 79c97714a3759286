// The provider definitions: which csps there are and where their definitions come from.
//
// Thread safety: a catalog is immutable once loaded; share it as std::shared_ptr<const provider_catalog>.
// Ownership:     the catalog owns everything; the pointers it hands out live as long as it does.
// Failure:       load() throws catalog_error that names file, line, column, what was found and what was expected. It is
//                all or nothing: a reload that throws leaves the old catalog with whoever holds it.
// Source:        docs/providers.md has the file format.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/provider_definition.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class catalog_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One definition file. Messages call it `name`, which may be a path; its part after the last slash decides the order.
struct definition_file {
  std::string name;
  std::string text;
};

class provider_catalog {
 public:
  /// Joins `built_in` and `folder`. A file of `folder` replaces the built-in csp of the same name, in any case. The
  /// result stands in the lexical order of file names. Only `folder` is parsed.
  [[nodiscard]] static std::shared_ptr<const provider_catalog> load(std::vector<csp_definition> built_in,
                                                                    std::span<const definition_file> folder = {});
  /// Of `files` alone.
  [[nodiscard]] static std::shared_ptr<const provider_catalog> load(std::span<const definition_file> files);

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

/// Reads every *.yaml file of a folder (no hidden ones), in lexical order; their names are paths. Throws catalog_error
/// if the folder or one of them cannot be read.
[[nodiscard]] std::vector<definition_file> read_definition_folder(const std::string& folder);

/// The definitions that are compiled in, made anew for every call. The build has checked and compiled them
/// (lib/tools/compile_definitions.cpp): nothing is parsed, and nothing can be wrong.
[[nodiscard]] std::vector<csp_definition> built_in_definitions();

}  // namespace credcache::inline v1
#pragma GCC visibility pop
