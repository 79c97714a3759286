// THE table of output formats of resolve: name, media type, writer. A format is one row and one writer; the query
// parameter `format`, Accept, the command line and its messages take it from here.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "credcache/secret.hpp"

namespace credcached::formats {

struct output_format {
  std::string_view name;
  std::string_view media_type;
  /// Appends one variable as a line. Null for JSON, whose answer holds more than the variables (resolve_writer).
  void (*write_line)(credcache::secret_buffer& out, std::string_view name, std::string_view value);
};

/// JSON, the default, comes first.
[[nodiscard]] std::span<const output_format> output_formats() noexcept;
/// Null if there is none of that name.
[[nodiscard]] const output_format* find_output_format(std::string_view name) noexcept;
/// By Accept; anything that no format has, or no such field, is JSON.
[[nodiscard]] const output_format& output_format_for_accept(std::string_view accept) noexcept;
/// "json, dotenv, shell or tfvars".
[[nodiscard]] std::string output_format_names();

}  // namespace credcached::formats
