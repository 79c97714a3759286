// Formats of one variable a line: dotenv files, shell scripts, Terraform's variable files.
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "credcache/secret.hpp"

namespace credcached::formats {

/// NAME="value", in double quotes as the dotenv readers of Ruby, Node and Python take them: \n, \", \\ and \$ are escapes.
void write_dotenv_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);
/// export NAME='value', safe to eval: single quotes keep everything as it is, a single quote itself is put outside of
/// them.
void write_shell_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);
/// NAME = "value", as HCL takes it: JSON's escapes, and ${ and %{ doubled, which would begin a template.
void write_tfvars_line(credcache::secret_buffer& out, std::string_view name, std::string_view value);

}  // namespace credcached::formats
