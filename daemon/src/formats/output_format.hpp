// THE table of output formats of resolve: name, media type, writer, what it has no form for, what a refusal prints. A
// format is one row and one writer; the query parameter `format`, Accept, the command line and its messages read it.
//
// Thread safety: immutable.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "credcache/presentation.hpp"
#include "credcache/secret.hpp"

namespace credcached::formats {

struct output_format {
  std::string_view name;
  std::string_view content_type;  ///< of an answer: the media type, and the charset of text
  /// Appends one variable as a line. False, and nothing appended, if the format has no form for the value. Null for JSON,
  /// whose answer holds more than the variables (resolve_writer), and for formats that have no variables.
  bool (*write_line)(credcache::secret_buffer& out, std::string_view name, std::string_view value);
  /// Appends what removes variables of these names, for a format whose output is run as a script; null for all others.
  void (*write_unset)(credcache::secret_buffer& out, std::span<const std::string_view> names);
  std::string_view no_form_for;  ///< which values write_line refuses, as it goes on after "no form for"; empty: none
  /// What the command line prints in place of a credential it did not get, where the output is run as a script: a
  /// command that fails, so that the script does not go on with what it had before. Empty if nothing runs the output.
  std::string_view failing_command;
  /// Appends what a request presents, in place of variables (formats/presentations.hpp); null for all formats of variables.
  bool (*write_presentation)(credcache::secret_buffer& out, const credcache::presentation& presented,
                             const credcache::resolution& resolved) = nullptr;

  [[nodiscard]] constexpr bool is_json() const noexcept {
    return write_line == nullptr && write_presentation == nullptr;
  }
  /// Whether Accept asks for it by this media type.
  [[nodiscard]] constexpr bool is(std::string_view media_type) const noexcept {
    const std::size_t end = media_type.size();
    return content_type.starts_with(media_type) && (content_type.size() == end || content_type[end] == ';');
  }
};

/// JSON, the default, comes first.
[[nodiscard]] std::span<const output_format> output_formats() noexcept;
/// Null if there is none of that name.
[[nodiscard]] const output_format* find_output_format(std::string_view name) noexcept;
/// By Accept; anything that no format has, or no such field, is JSON.
[[nodiscard]] const output_format& output_format_for_accept(std::string_view accept) noexcept;
/// All their names: "json, dotenv or shell".
[[nodiscard]] std::string output_format_names();

}  // namespace credcached::formats
