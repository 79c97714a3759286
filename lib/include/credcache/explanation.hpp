// What a resolve would do and why, without a value.
//
// Thread safety: plain values.
// Ownership:     an explanation keeps the catalog alive that it points into.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "credcache/error.hpp"
#include "credcache/provider_catalog.hpp"
#include "credcache/value_origin.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

struct explained_variable {
  const variable_definition* variable = nullptr;
  value_origin origin = value_origin::missing;  ///< the name of a source lives as long as the service
  bool mandatory = true;                        ///< of alternatives (one_of): as long as none of the others is filled
  std::string problem;  ///< why the value cannot be used, "found …, expected …" without it; empty: nothing is known
};

/// One definition that resolve would look at, once for each profile that is cached, in its order.
struct explained_candidate {
  const credential_definition* definition = nullptr;
  std::string profile;  ///< empty: the one without a profile
  bool cached = false;
  bool complete = false;
  bool wins = false;
  std::string reason;  ///< why it wins or does not, one sentence
  std::optional<time_point> deadline;
  std::vector<explained_variable> variables;
};

struct explanation {
  std::shared_ptr<const provider_catalog> catalog;  ///< what the pointers point into
  const csp_definition* csp = nullptr;
  std::string site;
  bool active = true;
  std::vector<std::string> missing_requirements;
  std::vector<explained_candidate> candidates;
  std::optional<failure> error;  ///< what resolve would answer, if not a credential
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
