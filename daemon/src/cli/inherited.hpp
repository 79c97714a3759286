// Which variables the command of exec inherits: not those that may stand for another credential of the same cloud.
//
// Thread safety: pure functions.
// Ownership:     entries point into the environment they were taken from.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verbs.hpp"

namespace credcached::cli {

struct inheritance {
  std::vector<char*> entries;  ///< NAME=VALUE, and a null pointer at the end
  /// Names of `unset` that were there; empty with --pristine, where the rest went, too.
  std::set<std::string_view> removed;
};

/// What is left of `environment` (as environ) without the names of `unset`, where NAME* stands for all that begin with
/// NAME. With --pristine, only what a command needs to find its way. --keep wins over both.
[[nodiscard]] inheritance inherited(char* const* environment, const std::set<std::string_view>& unset,
                                    const exec_options& options);

/// For the help: "PATH, HOME, … alone".
[[nodiscard]] std::string inherited_by_pristine();

}  // namespace credcached::cli
