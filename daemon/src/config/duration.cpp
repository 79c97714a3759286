#include "config/duration.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>

namespace credcached::config {

namespace {

struct unit {
  char letter;
  std::int64_t seconds;
};
/// The largest first.
constexpr unit units[] = {{'d', 86'400}, {'h', 3600}, {'m', 60}, {'s', 1}};

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  const unit* next = std::begin(units);  // the largest one that may come
  for (const char *at = text.data(), *const end = at + text.size(); at != end;) {
    if (*at < '0' || *at > '9') return std::nullopt;
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) return std::nullopt;
    const bool plain = rest == end && at == text.data();
    const char letter = plain ? 's' : rest == end ? '\0' : *rest;
    const unit* const found = std::find_if(next, std::end(units), [&](const unit& u) { return u.letter == letter; });
    if (found == std::end(units) || number > (longest_duration.count() - total) / found->seconds) return std::nullopt;
    total += number * found->seconds;
    next = found + 1;
    at = plain ? end : rest + 1;
  }
  return std::chrono::seconds{total};
}

std::string format_duration(std::chrono::seconds duration) {
  std::int64_t rest = std::max<std::int64_t>(duration.count(), 0);
  std::string text;
  for (const auto& [letter, seconds] : units) {
    if (rest >= seconds) text += std::to_string(rest / seconds) + letter;
    rest %= seconds;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace credcached::config
