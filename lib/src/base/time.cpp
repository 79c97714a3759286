#include "base/time.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.hpp"

namespace credcache::inline v1 {
namespace {

char* two_digits(char* to, unsigned number) noexcept {
  to[0] = static_cast<char>('0' + number / 10);
  to[1] = static_cast<char>('0' + number % 10);
  return to + 2;
}

// Takes a text apart from its beginning; `good` ends as false if it is not what was asked for.
struct cursor {
  std::string_view rest;
  bool good = true;

  char one_of(std::string_view set) noexcept {
    good = good && !rest.empty() && set.find(rest.front()) != std::string_view::npos;
    if (!good) return '\0';
    const char found = rest.front();
    rest.remove_prefix(1);
    return found;
  }
  int number(int digits) noexcept {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      const char digit = one_of("0123456789");
      if (good) value = value * 10 + (digit - '0');
    }
    return value;
  }
};

// ".25": what goes beyond milliseconds is left out.
std::chrono::milliseconds read_fraction(cursor& text) noexcept {
  if (!text.rest.starts_with('.')) return {};
  text.one_of(".");
  int value = text.number(1) * 100;
  for (int scale = 10; text.good && !text.rest.empty() && is_digit(text.rest.front()); scale /= 10)
    value += text.number(1) * scale;
  return std::chrono::milliseconds{value};
}

// "Z" or "+01:30".
std::chrono::minutes read_offset(cursor& text) noexcept {
  const char sign = text.one_of("Zz+-");
  if (sign != '+' && sign != '-') return {};
  const int hour = text.number(2);
  text.one_of(":");
  const int minute = text.number(2);
  text.good = text.good && hour < 24 && minute < 60;
  return std::chrono::minutes{(hour * 60 + minute) * (sign == '+' ? 1 : -1)};
}

}  // namespace

std::optional<wall_time> parse_rfc3339(std::string_view text) noexcept {
  cursor next{text};
  const int year = next.number(4);
  next.one_of("-");
  const auto month = static_cast<unsigned>(next.number(2));
  next.one_of("-");
  const auto day = static_cast<unsigned>(next.number(2));
  next.one_of("Tt ");
  const int hour = next.number(2);
  next.one_of(":");
  const int minute = next.number(2);
  next.one_of(":");
  const int second = next.number(2);
  const auto fraction = read_fraction(next);
  const auto offset = read_offset(next);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!next.good || !next.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} - offset +
         std::chrono::seconds{second} + fraction;
}

std::array<char, 20> rfc3339(wall_time time) noexcept {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto second = static_cast<unsigned>(std::chrono::floor<std::chrono::seconds>(time - day).count());
  std::array<char, 20> text;
  char* to = two_digits(text.data(), year / 100 % 100);
  to = two_digits(to, year % 100);
  *to++ = '-';
  to = two_digits(to, static_cast<unsigned>(date.month()));
  *to++ = '-';
  to = two_digits(to, static_cast<unsigned>(date.day()));
  *to++ = 'T';
  to = two_digits(to, second / 3600);
  *to++ = ':';
  to = two_digits(to, second / 60 % 60);
  *to++ = ':';
  to = two_digits(to, second % 60);
  *to = 'Z';
  return text;
}

std::string duration_text(std::chrono::seconds duration) {
  static constexpr std::pair<std::int64_t, std::string_view> units[] = {
      {86'400, " d"}, {3'600, " h"}, {60, " min"}, {1, " s"}};
  std::int64_t rest = std::max<std::int64_t>(duration.count(), 0);
  std::string text;
  int left = 2;  // the unit after the first one shown is the last one worth reading, also when it is zero
  for (const auto& [seconds, name] : units) {
    const std::int64_t count = rest / seconds;
    rest %= seconds;
    if (count != 0) text.append(text.empty() ? "" : " ").append(std::to_string(count)).append(name);
    if (!text.empty() && --left == 0) break;
  }
  return text.empty() ? "0 s" : text;
}

}  // namespace credcache::inline v1
