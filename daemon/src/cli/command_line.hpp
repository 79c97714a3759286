// argv → a verb with its options. The only place that knows the option parser, which takes long to compile.
#pragma once

#include <variant>

#include "cli/verbs.hpp"

namespace credcached::cli {

/// Nothing more to do: help was printed, or what was wrong with the arguments.
struct finished {
  int code;
};

[[nodiscard]] std::variant<verb, finished> parse_command_line(int argc, char** argv);

}  // namespace credcached::cli
