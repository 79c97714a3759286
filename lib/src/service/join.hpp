// The join: fills each variable of one definition from the first source that has a non-blank value for it, and each
// group (credential_definition::together) from the first source that has any of its variables.
//
// Order (docs/resolve.md): deploy variables, cache, what the csp's definition says of the profile, then the other sources
// as they are given (systemd credentials, environment), each under the names of variable_definition::looked_up_as; at
// last what a JSON value of the same credential fills in (a Google key's project_id). Values that add has not checked are checked here.
//
// A join looks first: it asks the sources that are at hand, and takes the others at their word. That is all that explain
// and add do. Only if the definition is complete then, each other source is asked for the rest, in one round trip.
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
  std::string_view profile;                          ///< whose fixed values count; empty: nobody's
  std::span<const given_variable> deploy_variables;  ///< already empty for purposes that ignore them
  std::span<const std::unique_ptr<value_source>> sources;
};

/// Fills out.variables, which is empty: one per variable of the definition, then one per required name that is handed
/// out, each with its origin. Values point into `in.record` and out.joined; those of sources that would have to be waited
/// for stay empty. out.deadline comes forward to theirs. Throws what a source throws.
void look(const join_inputs& in, instant now, joined_credential& out);
/// True if all that is required has an origin, and no value is unusable.
[[nodiscard]] bool is_complete(const credential_definition& definition, const joined_credential& looked);

/// The same with the values of all sources. True if every mandatory variable and every required name has a value; names
/// of sources are kept in out.joined as well.
bool join(const join_inputs& in, instant now, joined_credential& out);

/// True if the variable is required: of alternatives, as long as no other one is filled.
[[nodiscard]] bool is_mandatory(const credential_definition& definition, std::size_t position,
                                const joined_credential& looked);

/// What is required and has no origin.
struct shortage {
  std::string names;         ///< of the variable, or "A or B" of alternatives
  std::string_view partner;  ///< a variable of the same group that came from `source`; empty: none did
  value_origin source;       ///< without a partner: the source that promised a value; missing: none did
};
[[nodiscard]] std::vector<shortage> shortages(const join_inputs& in, const joined_credential& joined);
/// "A_ID from environment: found …, expected …".
[[nodiscard]] std::vector<std::string> unusable_values(const join_inputs& in, const joined_credential& joined);
/// Null if the value of the variable can be used, or there is none.
[[nodiscard]] const unusable_value* find_unusable(const joined_credential& joined, std::size_t position) noexcept;

}  // namespace credcache::inline v1
