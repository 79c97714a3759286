// What the verbs write: standard output whole and unbuffered, complaints on standard error.
#pragma once

#include <string_view>

namespace credcached::cli {

/// Writes all of it to standard output. A reader that has gone away is no error of ours.
void print(std::string_view text);
/// The same, with a newline at the end if there is none.
void print_line(std::string_view text);

/// "credcached: TEXT" on standard error.
void complain(std::string_view text);
/// Advice on standard error, indented below a complaint.
void advise(std::string_view text);

/// True if standard output is a terminal and NO_COLOR is not set.
[[nodiscard]] bool use_colour();

}  // namespace credcached::cli
