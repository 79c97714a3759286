// What a person who wrote access rules probably did not mean: nobody may see how the daemon is, or
// a rule that nothing comes to.
//
// Thread safety: pure function. Failure: std::bad_alloc.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "access/access_rules.hpp"
#include "config/settings.hpp"

namespace credcached::access {

/// One sentence each, with the lines of the rules. `asked_for` is every action that a request can have.
[[nodiscard]] std::vector<std::string> review_rules(const access_rules& rules, const config::settings& settings,
                                                    std::span<const config::action> asked_for);

}  // namespace credcached::access
