// The exit codes of the command line, and the exception for what cannot be done as it was typed.
#pragma once

#include <stdexcept>

namespace credcached::cli {

/// docs/cli.md and the footer of --help list them. Which one a refusal of the daemon has is said by the table of errors
/// (api/error.cpp).
enum exit_code : int {
  done = 0,
  refused = 1,
  wrong_usage = 2,
  not_reachable = 3,
  nothing_found = 4,
  expires_too_soon = 5,
  already_there = 6,
};

/// The caller asked for something that cannot be done as asked; the message says what to do instead.
class usage_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace credcached::cli
