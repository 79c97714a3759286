// What a resolution holds: the values of one joined credential and what they were joined from.
//
// Ownership: the variables' views point into `opened` and `joined`; what they are views of moves with neither.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "credcache/provider_catalog.hpp"
#include "credcache/resolution.hpp"

namespace credcache::inline v1 {

struct joined_credential {
  std::shared_ptr<const provider_catalog> catalog;  ///< what the pointers point into
  const csp_definition* csp = nullptr;
  const credential_definition* definition = nullptr;
  std::size_t site = 0;  ///< index in csp->sites
  std::optional<time_point> deadline;
  std::vector<resolved_variable> variables;
  secret_buffer opened;
  std::vector<secret> joined;

  void clear() noexcept;
};

}  // namespace credcache::inline v1
