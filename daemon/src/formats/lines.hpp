// Formats of one variable a line: dotenv files, environment files, scripts of shells, Terraform's variable files. What
// their readers make of them is measured in tests/clients and listed in docs/resolve.md.
//
// Thread safety: pure functions.
// Failure:       false, and nothing appended, if the format has no form for the value (output_format::no_form_for).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "credcache/secret.hpp"

namespace credcached::formats {

/// NAME=value for the dotenv readers of many languages, which agree on little: without quotes if every character is
/// plain; else in single quotes, where nothing is an escape; else in double quotes, with \n and \r as the only escapes.
bool write_dotenv_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);
/// NAME=value for readers that take every byte after the equals sign as it stands, up to the end of the line.
bool write_env_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);
/// export NAME='value', safe to eval in POSIX shells and in fish: single quotes keep everything as it is, but fish takes
/// a backslash in them for an escape, so backslashes and single quotes are put outside of them.
bool write_shell_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);
/// A text that is no secret as one word of a POSIX shell, as it is or in single quotes.
[[nodiscard]] std::string shell_word(std::string_view text);
/// $env:NAME = 'value', safe for Invoke-Expression: a quote is doubled, a line break is put outside of the quotes.
bool write_powershell_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);

/// Removes variables in POSIX shells and in fish, which has another word for it and no `unset`. Fish erases the global
/// ones: what a user keeps for all sessions (set --universal) stays. In two lines, because `unset` fails at a readonly
/// name, and `set -eg` is for fish alone.
void write_shell_unset(credcache::secret_buffer& out, std::span<const std::string_view> names);
/// $env:NAME = $null, which removes the variable.
void write_powershell_unset(credcache::secret_buffer& out, std::span<const std::string_view> names);

/// NAME = "value", as HCL takes it: JSON's escapes but \b and \f, and ${ and %{ doubled, which would begin a template.
bool write_tfvars_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);

}  // namespace credcached::formats
