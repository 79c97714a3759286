// What names and texts of provider definitions may look like, and how messages show them.
#pragma once

#include <string>
#include <string_view>

namespace credcache {

/// A rule for a text, and what a message says was expected if the text breaks it.
struct spelling {
  bool (*fits)(std::string_view);
  const char* expected;
};

extern const spelling a_line;      ///< not blank, no control characters
extern const spelling a_name;      ///< of a variable, as shells take it
extern const spelling a_csp;       ///< fits into a URL as it is
extern const spelling a_constant;  ///< as xpanse spells its constants

/// `text` for a message: short, in quotes, without control characters.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// What a parser says of a text, without the raw characters of the text that it may have in it.
[[nodiscard]] std::string printable(std::string_view message);

}  // namespace credcache
