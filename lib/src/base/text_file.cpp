#include "base/text_file.hpp"

#include "base/text.hpp"

namespace credcache::inline v1 {

namespace {

// Plain letters in UTF-16 have a zero byte in every pair, all of them in the same place.
bool is_plain_utf16(std::string_view bytes) noexcept {
  if (bytes.size() < 4 || bytes.size() % 2 != 0) return false;
  const std::size_t zero = bytes[0] == '\0' ? 0 : 1;
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    if (bytes[i + zero] != '\0' || bytes[i + 1 - zero] == '\0') return false;
  return true;
}

}  // namespace

std::string_view encoding_complaint(std::string_view bytes) noexcept {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") || is_plain_utf16(bytes)) return "text in UTF-16";
  if (bytes.find('\0') != std::string_view::npos) return "a zero byte";
  if (!is_utf8(bytes)) return "bytes that are not UTF-8";
  return {};
}

std::string_view without_byte_order_mark(std::string_view text) noexcept {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

std::string_view without_line_end(std::string_view text) noexcept {
  if (!text.ends_with('\n')) return text;
  text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace credcache::inline v1
