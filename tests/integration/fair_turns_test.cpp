// S3, S10, S13: whatever one user floods the daemon with, others are answered, expired entries go, and it stops in time.
#include <algorithm>

#include "big_owner.hpp"
#include "flood.hpp"

namespace fair_turns_test {

using namespace credcached::testing;

namespace {

using clock_type = std::chrono::steady_clock;

/// One write of 16 KiB: each of these opens every credential of the owner.
std::string many_lists() {
  const std::string one = "HEAD /v1/credentials HTTP/1.1\r\nHost:\r\n\r\n";
  std::string all;
  for (int i = 0; i < 409; ++i) all += one;
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fair_turns)

BOOST_AUTO_TEST_CASE(a_flood_of_lists_holds_up_nobody_else) {
  const big_definition definition;
  for (const std::size_t connections : {5U, 20U}) {
    configured_daemon own(definition.setting() + "workers: 1\nlimits: {drainTimeout: 2s}\n");
    const std::string self = text_at(own.http.get("/v1/explain?csp=Big").json(), "user");
    fill(own.http, self, 14, 10'000);
    auto other = own.connect();
    std::vector<std::chrono::duration<double>> times;
    std::chrono::duration<double> expiry{};
    {
      const flood lists(own.daemon.socket(), connections, many_lists());
      BOOST_TEST(eventually([&] { return lists.answered() > 0; }));
      BOOST_TEST_REQUIRE(other.post(users, text(with(aws(), "timeToLive", 1)), as_user("somebody-else")).status == 204);
      const auto deadline = clock_type::now() + 1s;
      bool gone = false;
      while (times.size() < 100 || (!gone && clock_type::now() < deadline + patience)) {
        const auto begin = clock_type::now();
        BOOST_TEST(other.get("/healthz").status == 200);
        const auto end = clock_type::now();
        times.push_back(end - begin);
        if (gone || end < deadline) continue;
        gone = metric(other, "credcached_credentials_expired_total") == 1U;
        expiry = clock_type::now() - deadline;
      }
      BOOST_TEST(gone);
      own.daemon.signal(SIGTERM);
      const auto stopped = clock_type::now();
      BOOST_TEST(own.daemon.wait().value_or(-1) == 0);
      const std::chrono::duration<double> stop = clock_type::now() - stopped;
      BOOST_TEST(stop.count() <= 3.0);
      std::ranges::sort(times);
      const double median = times[times.size() / 2].count() * 1e3, most = times.back().count() * 1e3;
      BOOST_TEST(median <= 20.0);
      BOOST_TEST(most <= 200.0);
      BOOST_TEST(expiry.count() <= 1.0);
      std::cout << "NOTE: " << connections << " connections that flood: another client waits " << median
                << " ms (median), " << most << " ms (longest of " << times.size()
                << "); an expired entry is gone after " << expiry.count() << " s; SIGTERM takes " << stop.count()
                << " s\n"
                << std::flush;
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fair_turns_test
