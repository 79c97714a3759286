// Which variable of a definition a given value is for.
//
// Thread safety: pure functions.
// Ownership:     an assignment points into what it was made of.
#pragma once

#include <credcache/credential.hpp>
#include <credcache/error.hpp>
#include <credcache/provider_definition.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace credcache::inline v1 {

struct assignment {
  std::map<std::size_t, const given_variable*> values;  ///< by the position of the definition's variable
  std::vector<std::string_view> unknown;                ///< given names that the definition does not know
  std::vector<std::string> twice;                       ///< the definition's names of variables that are given again
};

/// Gives each value that is not blank to the definition's variables it is called by. An alias may name several
/// (OpenStack's `domain`) and gives way to a variable that is given by its own name; one that has nothing left to fill
/// is given twice.
[[nodiscard]] assignment assign(const credential_definition& definition, std::span<const given_variable> given);
/// duplicate_variable: which of the values counts is not for this library to guess.
[[nodiscard]] failure given_twice(const assignment& assigned);

}  // namespace credcache::inline v1
