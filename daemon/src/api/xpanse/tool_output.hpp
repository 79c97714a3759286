// Credentials as the command lines of clouds print them: where the variables are, when they expire, what says nothing.
// The names of the variables are aliases in the definitions; what else is printed is the table here.
//
// Thread safety: pure functions.
// Ownership:     points into the object it was made of.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "credcache/provider_catalog.hpp"

namespace credcached::api {

/// A member of `object` that may be a variable.
struct printed_variable {
  const boost::json::object* object;
  std::string_view name;
};

struct tool_output {
  std::vector<printed_variable> variables;
  const boost::json::object* expiring = nullptr;  ///< the one with the time of expiry; null: nothing says when
  bool expires_twice = false;                     ///< another one has a time of expiry as well
};

/// The member of `expiring` that is the time.
inline constexpr std::string_view expiration_member = "Expiration";

/// A member that a definition of `csp` knows as a variable is one, whatever the table says.
[[nodiscard]] tool_output read_tool_output(const boost::json::object& printed, const credcache::csp_definition& csp);

}  // namespace credcached::api
