#include "catalog/definition_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "credcache/secret.hpp"

namespace credcache::inline v1 {
constinit const spelling a_line{[](std::string_view text) { return !is_blank(text) && !has_control_character(text); },
                                "one line of text that is not blank"};
constinit const spelling a_name{[](std::string_view text) {
                                  return !text.empty() && !is_digit(text.front()) &&
                                         std::ranges::all_of(text,
                                                             [](char c) { return is_alphanumeric(c) || c == '_'; });
                                },
                                "a name of letters, digits and _ that does not begin with a digit"};
constinit const spelling a_name_or_beginning{
    [](std::string_view text) { return a_name.fits(text.substr(0, text.size() - (text.ends_with('*') ? 1 : 0))); },
    "a name of letters, digits and _ that does not begin with a digit, or the beginning of names and *"};
constinit const spelling a_token{[](std::string_view text) {
                                   return !text.empty() && std::ranges::all_of(text, [](char c) {
                                     constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
                                     return is_alphanumeric(c) || marks.find(c) != marks.npos;
                                   });
                                 },
                                 "a name of letters, digits and !#$%&'*+-.^_`|~"};
constinit const spelling a_csp{[](std::string_view text) {
                                 return !text.empty() && std::ranges::all_of(text, [](char c) {
                                   return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
                                 });
                               },
                               "a name of letters, digits, _, . and -"};
constinit const spelling a_constant{
    [](std::string_view text) {
      return !text.empty() && std::ranges::all_of(text, [](char c) { return is_upper(c) || is_digit(c) || c == '_'; });
    },
    "a constant of capital letters, digits and _"};

}  // namespace credcache::inline v1
