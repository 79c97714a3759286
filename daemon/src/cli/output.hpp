// What the verbs write: standard output whole and unbuffered, errors and hints on standard error.
#pragma once

#include <string_view>

namespace credcached::cli {

/// Writes all of it to standard output. A reader that has closed its end (EPIPE) is not an error.
void print(std::string_view text);
/// The same, with a newline at the end if there is none.
void print_line(std::string_view text);

/// An answer that is JSON, the same way. What could be a command to a terminal, or turns the direction of writing, is
/// written as \u and its number, which means the same to whoever parses it.
void print_json(std::string_view text);

/// For when there is no credential to print in the output format of this name: if such output is run as a script, prints
/// the command that lets the script fail, else nothing.
void print_failing_command(std::string_view format);

/// "credcached: TEXT" on standard error.
void print_error(std::string_view text);
/// A hint on standard error, indented below the error.
void print_hint(std::string_view text);

/// True if standard output is a terminal and NO_COLOR is not set.
[[nodiscard]] bool use_color();

}  // namespace credcached::cli
