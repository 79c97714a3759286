#include "config/duration.hpp"

#include <charconv>
#include <cstdint>

namespace credcached::config {

namespace {

std::int64_t seconds_in(char unit) noexcept {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86'400;
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) noexcept {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const char* const end = text.data() + text.size();
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  std::int64_t unit = 1;
  if (rest != end) {
    unit = seconds_in(*rest);
    if (unit == 0 || rest + 1 != end) return std::nullopt;
  }
  if (number > longest_duration.count() / unit) return std::nullopt;
  return std::chrono::seconds{number * unit};
}

std::string format_duration(std::chrono::seconds duration) {
  static constexpr char units[] = {'d', 'h', 'm', 's'};
  std::int64_t rest = duration.count();
  std::string text;
  int shown = 0;
  for (const char unit : units) {
    const std::int64_t count = rest > 0 ? rest / seconds_in(unit) : 0;
    if (count > 0) {
      if (!text.empty()) text += ' ';
      text += std::to_string(count) + unit;
      rest %= seconds_in(unit);
    }
    // The unit after the first one shown is the last one worth reading, also when it is zero.
    if (!text.empty() && ++shown == 2) break;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace credcached::config
