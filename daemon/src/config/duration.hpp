// Durations as people write them.
//
// Thread safety: pure functions.
// Failure:       an empty optional for text that is no duration; nothing throws but bad_alloc.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace credcached::config {

/// The longest duration that parse_duration takes. Far from the 292 years of 64-bit nanoseconds, so that a deadline
/// computed from it cannot overflow.
inline constexpr std::chrono::seconds longest_duration{std::chrono::hours{24 * 365 * 100}};

/// What an error message says was expected.
inline constexpr std::string_view duration_forms = "a duration such as 90s, 40m, 1h30m, 1d, or plain seconds";

/// "90s", "40m", "1h30m", "1d12h" or plain seconds: "2400". The larger unit first, each once. No sign, fraction, space.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text) noexcept;

/// The same duration in the form that parse_duration reads: "1h", "1d2h", "59m12s"; nothing and less is "0s".
[[nodiscard]] std::string format_duration(std::chrono::seconds duration);

}  // namespace credcached::config
