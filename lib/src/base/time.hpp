// Times as JSON carries them: RFC 3339. Durations as messages say them.
//
// Thread safety: pure functions.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "credcache/clock.hpp"

namespace credcache::inline v1 {

/// "2026-11-22T12:00:00Z", with fraction and offset if it has them. Nothing for any other text.
[[nodiscard]] std::optional<wall_time> parse_rfc3339(std::string_view text) noexcept;

/// "2026-11-22T12:00:00Z": UTC, whole seconds, rounded down.
[[nodiscard]] std::array<char, 20> rfc3339(wall_time time) noexcept;

/// The two largest units that count: "1 d 2 h", "29 min 59 s", "40 min"; nothing and less is "0 s".
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

}  // namespace credcache::inline v1
