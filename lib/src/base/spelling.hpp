// Which known name somebody probably meant, for messages.
//
// Thread safety: pure functions. Failure: std::bad_alloc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace credcache::inline v1 {

/// Names longer than this are not compared: what that costs must stay small, whoever asks.
inline constexpr std::size_t longest_compared = 64;

/// How many letters are added, left out, changed or swapped with their neighbour between the two, whatever their case
/// (the optimal string alignment distance).
[[nodiscard]] std::size_t spelling_distance(std::string_view a, std::string_view b);

/// The name in a range of texts that `given` is a slip of: one letter in three is wrong at most, in short names one; or
/// else one that begins it, as csp does cspName. Nothing if there is none.
template <class Range>
[[nodiscard]] std::optional<std::string_view> meant_name(std::string_view given, const Range& known) {
  std::optional<std::string_view> nearest;
  if (given.size() > longest_compared) return nearest;
  std::size_t least = std::max<std::size_t>(1, given.size() / 3) + 1;
  for (const std::string_view name : known) {
    if (name.size() > longest_compared) continue;
    const std::size_t distance = spelling_distance(given, name);
    if (distance < least) {
      least = distance;
      nearest = name;
    } else if (!nearest && name.size() > 2 && given.starts_with(name)) {
      nearest = name;
    }
  }
  return nearest;
}

/// " Did you mean NAME?" to go behind a sentence, or nothing.
template <class Range>
[[nodiscard]] std::string did_you_mean(std::string_view given, const Range& known) {
  const auto meant = meant_name(given, known);
  return meant ? " Did you mean " + std::string(*meant) + "?" : std::string();
}

}  // namespace credcache::inline v1
