// What a resolution holds: the values of one joined credential and what they were joined from.
//
// Ownership: the variables' views point into `opened` and `joined`; what they are views of moves with neither.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/entry_types.hpp"
#include "credcache/provider_catalog.hpp"
#include "credcache/resolution.hpp"

namespace credcache::inline v1 {

/// A value that a source has and that fails the checks of its variable.
struct unusable_value {
  std::size_t position;
  std::string why;  ///< "found …, expected …", without the value
};

struct joined_credential {
  std::shared_ptr<const provider_catalog> catalog;  ///< what the pointers point into
  const csp_definition* csp = nullptr;
  const credential_definition* definition = nullptr;
  std::size_t site = 0;  ///< index in csp->sites
  std::string profile;
  std::vector<std::string> others;  ///< further profiles that were meant as well
  std::optional<time_point> deadline;
  std::optional<counted_read> read;  ///< of the cached entry
  std::vector<resolved_variable> variables;
  std::vector<unusable_value> unusable;
  secret_buffer opened;
  std::vector<secret> joined;

  void clear() noexcept;
};

}  // namespace credcache::inline v1
