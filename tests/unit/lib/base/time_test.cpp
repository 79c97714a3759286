#include "base/time.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace time_test {

using namespace credcache;
using namespace std::chrono_literals;

namespace {

/// As it is written again, with milliseconds; "-" if it is no time.
std::string read(std::string_view text) {
  const auto time = parse_rfc3339(text);
  if (!time) return "-";
  const auto written = rfc3339(*time);
  const auto rest = (*time - std::chrono::floor<std::chrono::seconds>(*time)).count();
  return std::string(written.data(), written.size()) + (rest == 0 ? "" : " +" + std::to_string(rest));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base_time)

BOOST_AUTO_TEST_CASE(every_form_of_rfc_3339_is_read) {
  BOOST_TEST(read("2026-11-22T12:00:00Z") == "2026-11-22T12:00:00Z");
  BOOST_TEST(read("2026-11-22t12:00:00z") == "2026-11-22T12:00:00Z");
  BOOST_TEST(read("2026-11-22 12:00:00Z") == "2026-11-22T12:00:00Z");
  BOOST_TEST(read("2026-11-22T12:00:00+01:30") == "2026-11-22T10:30:00Z");
  BOOST_TEST(read("2026-01-01T00:30:00+01:00") == "2025-12-31T23:30:00Z");
  BOOST_TEST(read("2026-11-22T12:00:00-00:30") == "2026-11-22T12:30:00Z");
  BOOST_TEST(read("2026-11-22T12:00:00.5Z") == "2026-11-22T12:00:00Z +500");
  BOOST_TEST(read("2026-11-22T12:00:00.123999Z") == "2026-11-22T12:00:00Z +123");
  BOOST_TEST(read("2024-02-29T23:59:60Z") == "2024-03-01T00:00:00Z");  // a leap second
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_time) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-22",
                           "2026-11-22T12:00:00",
                           "2026-11-22T12:00Z",
                           "2026-11-22T12:00:00.Z",
                           "2026-11-22T12:00:00+0100",
                           "2026-11-22T12:00:00+24:00",
                           "2026-11-22T12:00:00+01:60",
                           "2026-11-22T12:00:00Zz",
                           " 2026-11-22T12:00:00Z",
                           "2026-11-31T12:00:00Z",
                           "2025-02-29T12:00:00Z",
                           "2026-13-01T12:00:00Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T12:60:00Z",
                           "2026-11-22T12:00:61Z",
                           "+2026-11-22T12:00:00Z",
                           "2026-11-2aT12:00:00Z",
                           "1764000000"})
    BOOST_TEST(read(text) == "-", text);
}

BOOST_AUTO_TEST_CASE(seconds_are_rounded_down) {
  const auto noon = parse_rfc3339("2026-11-22T12:00:00Z").value();
  const auto text = rfc3339(noon - 1ms);
  BOOST_TEST(std::string(text.data(), text.size()) == "2026-11-22T11:59:59Z");
}

BOOST_AUTO_TEST_CASE(a_duration_is_said_in_its_two_largest_units) {
  const std::pair<std::chrono::seconds, const char*> cases[] = {
      {0s, "0 s"},          {-5s, "0 s"},         {12s, "12 s"},        {60s, "1 min"},   {1799s, "29 min 59 s"},
      {2400s, "40 min"},    {3605s, "1 h"},       {7260s, "2 h 1 min"}, {86'400s, "1 d"}, {93'600s, "1 d 2 h"},
      {90'060s, "1 d 1 h"}, {2'592'000s, "30 d"},
  };
  for (const auto& [duration, expected] : cases) BOOST_TEST(duration_text(duration) == expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace time_test
