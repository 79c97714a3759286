// Text for names and messages: rules of ASCII, which do not depend on the locale, and how a message shows what it found.
//
// Thread safety: pure functions.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace credcache::inline v1 {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
[[nodiscard]] constexpr bool is_letter(char c) noexcept {
  return is_upper(c) || (c >= 'a' && c <= 'z');
}
[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept {
  return is_letter(c) || is_digit(c);
}
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char to_upper(char c) noexcept {
  return is_letter(c) && !is_upper(c) ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::string upper_case(std::string_view text);

/// The digit of a number below 16.
[[nodiscard]] constexpr char hex_digit(unsigned number) noexcept {
  return "0123456789abcdef"[number & 15U];
}

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// C0, DEL, and C1 in UTF-8: a terminal may take them for commands.
[[nodiscard]] bool has_control_character(std::string_view text) noexcept;

/// What may be a command to a terminal, ends a line, or shows text in another order than it has: C0, DEL, C1, the line
/// separators and the directional marks of Unicode.
[[nodiscard]] bool misleads(std::uint32_t code_point) noexcept;

/// The text on one line: '?' in place of each character that misleads, and of each byte that is not UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

/// What was found, for a message: in quotes, at most 60 bytes of it; or that it has control characters.
[[nodiscard]] std::string shown(std::string_view text);

/// The number that the whole text is, without blanks or '+'; '-' only for signed types.
template <class Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text, int base = 10) noexcept {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

/// "A, B, C" of a range of texts.
template <class Range>
[[nodiscard]] std::string joined(const Range& texts, std::string_view separator = ", ") {
  std::string all;
  for (const std::string_view text : texts) {
    if (!all.empty()) all += separator;
    all += text;
  }
  return all;
}

/// "A, B and C" of a container of texts.
template <class Container>
[[nodiscard]] std::string enumerate(const Container& texts) {
  std::string all;
  std::size_t left = texts.size();
  for (const std::string_view text : texts) {
    if (!all.empty()) all += left == 1 ? " and " : ", ";
    all += text;
    --left;
  }
  return all;
}

}  // namespace credcache::inline v1
