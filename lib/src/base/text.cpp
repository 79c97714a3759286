#include "base/text.hpp"

#include <algorithm>
#include <boost/locale/utf.hpp>

namespace credcache::inline v1 {
namespace {

using utf8 = boost::locale::utf::utf_traits<char>;
using boost::locale::utf::code_point;

constexpr bool is_malformed(code_point point) noexcept {
  return point == boost::locale::utf::illegal || point == boost::locale::utf::incomplete;
}

std::string converted(std::string_view text, char (*convert)(char) noexcept) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), convert);
  return result;
}

}  // namespace

std::string lower_case(std::string_view text) {
  return converted(text, to_lower);
}
std::string upper_case(std::string_view text) {
  return converted(text, to_upper);
}

bool is_utf8(std::string_view text) noexcept {
  const char* next = text.data();
  const char* const end = next + text.size();
  while (next != end) {
    if (is_malformed(utf8::decode(next, end))) return false;
  }
  return true;
}

// Byte by byte, because a text that is not UTF-8 may have control characters as well.
bool has_control_character(std::string_view text) noexcept {
  char last = ' ';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (last == '\xc2' && byte >= 0x80 && byte < 0xa0)) return true;
    last = c;
  }
  return false;
}

bool misleads(std::uint32_t point) noexcept {
  const bool control = point < 0x20 || (point >= 0x7f && point < 0xa0);
  const bool ends_line = point == 0x2028 || point == 0x2029;
  // Embeddings, overrides, isolates and marks.
  const bool directs = point == 0x061c || point == 0x200e || point == 0x200f || (point >= 0x202a && point <= 0x202e) ||
                       (point >= 0x2066 && point <= 0x2069);
  return control || ends_line || directs;
}

std::string printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  const char* next = text.data();
  const char* const end = next + text.size();
  while (next != end) {
    const char* const begin = next;
    const code_point point = utf8::decode(next, end);
    if (is_malformed(point)) next = begin + 1;
    if (is_malformed(point) || misleads(point)) {
      clean += '?';
    } else {
      clean.append(begin, next);
    }
  }
  return clean;
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (has_control_character(text.substr(0, longest))) return "text with control characters";
  if (text.size() <= longest) return '"' + printable(text) + '"';
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // whole characters only
  return '"' + printable(text.substr(0, end)) + "…\"";
}

}  // namespace credcache::inline v1
