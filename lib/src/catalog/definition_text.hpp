// What names and texts of provider definitions may look like.
#pragma once

#include <string_view>

namespace credcache::inline v1 {

/// A rule for a text, and what a message says was expected if the text breaks it.
struct spelling {
  bool (*fits)(std::string_view);
  const char* expected;
};

extern const spelling a_line;               ///< not blank, no control characters
extern const spelling a_name;               ///< of a variable, as shells take it
extern const spelling a_name_or_beginning;  ///< NAME, or NAME* for all that begin with it
extern const spelling a_token;              ///< of a header field, a parameter or a cookie (RFC 9110, 5.6.2)
extern const spelling a_csp;                ///< fits into a URL as it is
extern const spelling a_constant;           ///< as xpanse spells its constants

}  // namespace credcache::inline v1
