// Text that the command line is given in files and on standard input.
//
// Thread safety: none.
// Failure:       usage_error. Messages call what is read as they are told to, and never show a part of it.
#pragma once

#include <credcache/secret.hpp>
#include <string>
#include <string_view>

namespace credcached::cli {

/// The whole of `file`, or standard input for "-": UTF-8 without a byte order mark and without one line end at the end.
/// Waits for pipes, as `<(command)` is one.
[[nodiscard]] credcache::secret_buffer read_text(const std::string& file, std::string_view called);

/// Refuses `text` if it is not UTF-8, or has a zero byte.
void check_encoding(std::string_view text, std::string_view called);

}  // namespace credcached::cli
