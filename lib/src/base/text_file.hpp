// What the bytes of a text file are to everybody who reads one: UTF-8, without the marks that editors leave around it.
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

namespace credcache::inline v1 {

/// Why `bytes` are no text that is taken, to go behind "found": that they are UTF-16, not UTF-8, or have a zero byte.
/// Empty: they are.
[[nodiscard]] std::string_view encoding_complaint(std::string_view bytes) noexcept;

/// Without a byte order mark of UTF-8 at the beginning.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// Without one line end (\n or \r\n) at the end, which is the file's and not the value's.
[[nodiscard]] std::string_view without_line_end(std::string_view text) noexcept;

/// Without both.
[[nodiscard]] inline std::string_view value_in(std::string_view file_content) noexcept {
  return without_line_end(without_byte_order_mark(file_content));
}

}  // namespace credcache::inline v1
