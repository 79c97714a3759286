// What names and texts of provider definitions may look like, and how messages show them.
#include "definition_text.hpp"

#include <algorithm>

#include "credcache/secret.hpp"

namespace credcache {
namespace {

constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z');
}

/// C0, DEL, and C1 in UTF-8: none of them belongs in a name that a terminal will show.
bool has_control_character(std::string_view text) {
  char last = ' ';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (last == '\xc2' && byte >= 0x80 && byte < 0xa0)) return true;
    last = c;
  }
  return false;
}

}  // namespace

constinit const spelling a_line{[](std::string_view text) { return !is_blank(text) && !has_control_character(text); },
                                "one line of text that is not blank"};
constinit const spelling a_name{[](std::string_view text) {
                                  return !text.empty() && !is_digit(text.front()) &&
                                         std::ranges::all_of(
                                             text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
                                },
                                "a name of letters, digits and _ that does not begin with a digit"};
constinit const spelling a_csp{[](std::string_view text) {
                                 return !text.empty() && std::ranges::all_of(text, [](char c) {
                                   return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
                                 });
                               },
                               "a name of letters, digits, _, . and -"};
constinit const spelling a_constant{
    [](std::string_view text) {
      return !text.empty() && std::ranges::all_of(text, [](char c) { return is_upper(c) || is_digit(c) || c == '_'; });
    },
    "a constant of capital letters, digits and _"};

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most_shown = 60;
  std::string shown(text.substr(0, most_shown));
  if (has_control_character(shown)) return "text with control characters";
  if (text.size() <= most_shown) return '"' + shown + '"';
  while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xc0) == 0x80)
    shown.pop_back();  // a whole character
  if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xc0) shown.pop_back();
  return '"' + shown + "…\"";
}
std::string printable(std::string_view message) {
  std::string clean(message);
  std::ranges::replace_if(
      clean, [](char c) { return c < ' ' || c > '~'; }, '?');
  return clean;
}

}  // namespace credcache
