// Two clocks and the way between them.
#include "credcache/clock.hpp"

#include <boost/test/unit_test.hpp>

#include "library_fixture.hpp"

namespace clock_test {

using namespace credcache;
using namespace credcache::testing;

BOOST_AUTO_TEST_SUITE(clocks)

BOOST_AUTO_TEST_CASE(a_deadline_has_a_wall_time_and_back) {
  const instant start = at();
  BOOST_TEST((start.wall_of(start.boot + 90s) == start.wall + 90s));
  BOOST_TEST((start.deadline_of(start.wall + 90s) == start.boot + 90s));
  BOOST_TEST((start.deadline_of(start.wall_of(start.boot - 5s)) == start.boot - 5s));
  BOOST_TEST((at(1500ms).boot - at().boot == 1500ms));
}

BOOST_AUTO_TEST_CASE(setting_the_wall_clock_moves_no_deadline) {
  const instant before = at();
  const instant set_back{before.boot + 10s, before.wall - 24h};
  const time_point deadline = before.deadline_of(before.wall + 60s);
  BOOST_TEST((deadline - set_back.boot == 50s));
  BOOST_TEST((set_back.wall_of(deadline) == set_back.wall + 50s));  // shown as the wall clock stands now
}

BOOST_AUTO_TEST_CASE(both_clocks_run) {
  const instant first = now();
  const instant second = now();
  BOOST_TEST((first.boot.time_since_epoch() > 0s));
  BOOST_TEST((second.boot >= first.boot));
  BOOST_TEST((first.wall > wall_time{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace clock_test
