// The join: fills each variable of one definition from the first source that has a non-blank value for it.
//
// Order (docs/resolve.md): deploy variables, cache, then the other sources as they are given (systemd
// credentials, environment), each under the variable's own name before its environment names; at last what a JSON value
// of the same credential fills in (a Google key's project_id).
//
// A join looks first, which asks no source for a value and is all that explain does. Only if every mandatory variable
// has an origin then, each source is asked, in one round trip, for what is still missing.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "credcache/value_source.hpp"
#include "service/joined_credential.hpp"

namespace credcache::inline v1 {

struct join_inputs {
  const csp_definition& csp;
  const credential_definition& definition;
  std::string_view record;                           ///< the opened entry; empty if nothing is cached
  const std::vector<std::string>* record_names;      ///< its names; null: those of the definition, in their order
  std::span<const given_variable> deploy_variables;  ///< already empty for purposes that ignore them
  std::span<const std::unique_ptr<value_source>> sources;
};

/// Fills out.variables, which is empty: one per variable of the definition, then one per required name that is handed
/// out, each with its origin. Values point into `in.record` and out.joined; those of the sources stay empty.
void look(const join_inputs& in, joined_credential& out);
/// True if every mandatory variable has an origin.
[[nodiscard]] bool is_complete(const credential_definition& definition, const joined_credential& looked);

/// The same with the values of the sources, and out.deadline brought forward to theirs. True if every mandatory variable
/// and every required name has a value; names of sources are kept in out.joined as well. Throws what a source throws.
bool join(const join_inputs& in, instant now, joined_credential& out);

/// The mandatory variables and the required names that have no origin in `joined`, with the source that should have had
/// the value, if there is one.
[[nodiscard]] std::vector<std::string> missing_names(const join_inputs& in, const joined_credential& joined);

/// Which of `sources` has the variable, value_origin::missing if none.
[[nodiscard]] value_origin find_origin(const variable_definition& variable,
                                       std::span<const std::unique_ptr<value_source>> sources);

}  // namespace credcache::inline v1
