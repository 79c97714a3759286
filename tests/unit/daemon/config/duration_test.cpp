#include "config/duration.hpp"

#include <boost/test/unit_test.hpp>

namespace duration_test {

using namespace credcached::config;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(durations)

BOOST_AUTO_TEST_CASE(reads_units_and_plain_seconds) {
  const std::pair<const char*, std::chrono::seconds> cases[] = {
      {"0", 0s},        {"2400", 2400s},     {"90s", 90s},          {"40m", 2400s},
      {"2h", 7200s},    {"1d", 86'400s},     {"007m", 420s},        {"36500d", longest_duration},
      {"1h30m", 5400s}, {"1d12h", 129'600s}, {"1d1h1m1s", 90'061s}, {"1d5s", 86'405s},
      {"0h90m", 5400s},
  };
  for (const auto& [text, expected] : cases) BOOST_TEST((parse_duration(text) == expected), text);
}

BOOST_AUTO_TEST_CASE(refuses_everything_else) {
  for (const char* text : {"",
                           " ",
                           "s",
                           "-1",
                           "+1",
                           "1.5h",
                           "1 h",
                           " 1h",
                           "1h ",
                           "1w",
                           "1H",
                           "1hh",
                           "1h30",
                           "30m1h",
                           "1h1h",
                           "1h 30m",
                           "36500d1s",
                           "0x10",
                           "36501d",
                           "9223372036854775807",
                           "9223372036854775808",
                           "9223372036854775807d",
                           "99999999999999999999999999999999s"})
    BOOST_TEST(!parse_duration(text), text);
}

BOOST_AUTO_TEST_CASE(refuses_an_embedded_zero_byte) {
  BOOST_TEST(!parse_duration(std::string_view("90\0s", 4)));
}

BOOST_AUTO_TEST_CASE(writes_what_it_reads) {
  const std::pair<std::chrono::seconds, const char*> cases[] = {
      {0s, "0s"},      {-5s, "0s"},     {12s, "12s"},    {60s, "1m"},       {3552s, "59m12s"},     {3600s, "1h"},
      {3605s, "1h5s"}, {7260s, "2h1m"}, {86'400s, "1d"}, {93'600s, "1d2h"}, {90'061s, "1d1h1m1s"}, {2'592'000s, "30d"},
  };
  for (const auto& [duration, expected] : cases) {
    BOOST_TEST(format_duration(duration) == expected);
    BOOST_TEST((parse_duration(expected) == std::max(duration, 0s)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace duration_test
