// Text for messages.
#pragma once

#include <string>
#include <string_view>

namespace credcache::text {

/// What a caller sent, in quotes and short enough for a message.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text.substr(0, 64)) + "\"";
}

/// "A, B, C".
template <class List>
[[nodiscard]] std::string joined(const List& list) {
  std::string text;
  for (const auto& part : list) text += (text.empty() ? "" : ", ") + std::string(part);
  return text;
}

}  // namespace credcache::text
