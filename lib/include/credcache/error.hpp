// What can go wrong because of what a caller asked. Bugs and failures at start-up are exceptions instead.
//
// `details` are complete sentences for the caller: what was found, what was expected, what to do next. They never hold
// a value. The daemon turns an error into a status (daemon/src/api/problem.hpp).
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

enum class error {
  unknown_csp,             ///< no definition of such a csp
  csp_not_active,          ///< the csp is known, but an environment name it requires is not set
  capability_not_found,    ///< no definition of this type and name, or the csp has no such site
  unknown_variable,        ///< a variable that the definition does not know
  duplicate_variable,      ///< one variable twice, perhaps once by its name and once by an alias
  invalid_value,           ///< a value that does not match what the definition asks for
  variables_not_complete,  ///< a mandatory variable that no source can fill
  lifetime_out_of_range,   ///< a time to live that is not positive, over the maximum, or already over
  credentials_not_found,   ///< nothing cached and nothing complete in the other sources
  expires_too_soon,        ///< complete, but its remaining life is below the minimum asked for
  owner_full,              ///< this owner has as many credentials as one owner may have
  cache_full,              ///< no room for another entry
};

struct failure {
  error code;
  std::vector<std::string> details;  ///< never empty
  std::chrono::seconds remaining{};  ///< with expires_too_soon: what is left
};

/// What result<T>::value() throws when there is no value.
[[noreturn]] inline void throw_failure(const failure& f) {
  throw std::runtime_error(f.details.empty() ? std::string("credcache: failure without details") : f.details.front());
}

}  // namespace credcache::inline v1
#pragma GCC visibility pop
