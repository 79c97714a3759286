// S13: what goes wrong in one turn of a worker's loop costs that turn, never the daemon and never silently.
#include <boost/test/unit_test.hpp>
#include <optional>

#include "api_scene.hpp"
#include "freed_memory.hpp"
#include "server/worker.hpp"

namespace worker_test {

using namespace credcached;
using namespace credcached::testing;
using credcache::testing::failing_allocation;

namespace {

struct worker_fixture : api_scene {
  std::size_t counted_out = 0;
  server::worker own{make_pipeline(), state->memory, [this](const platform::peer&) { ++counted_out; }};

  [[nodiscard]] std::uint64_t failed_turns() const { return counters->failed_turns.value(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(worker, worker_fixture)

BOOST_AUTO_TEST_CASE(an_exception_costs_its_turn_and_is_counted) {
  int turns = 0;
  own.post([] { throw std::runtime_error("expected by a test"); });
  own.post([&] { ++turns; });
  own.post([] { throw std::bad_alloc(); });
  own.post([&] { ++turns; });
  own.finish();
  own.run();
  BOOST_TEST(turns == 2);
  BOOST_TEST(failed_turns() == 2U);
}

BOOST_AUTO_TEST_CASE(the_loop_goes_on_without_memory_to_report_a_failure) {
  std::optional<failing_allocation> failing;
  bool went_on = false;
  own.post([&] {
    failing.emplace(1);
    throw std::bad_alloc();
  });
  own.post([&] { went_on = true; });
  own.finish();
  own.run();
  BOOST_TEST(failing->happened());
  BOOST_TEST(went_on);
  BOOST_TEST(failed_turns() == 1U);
}

// Nobody sends a second SIGTERM because of what the first one could not do.
BOOST_AUTO_TEST_CASE(its_end_needs_no_memory) {
  bool drained = false;
  std::function<void()> done = [&] { drained = true; };
  {
    const failing_allocation failing(1);
    BOOST_CHECK_NO_THROW(own.drain(std::move(done)));
    BOOST_CHECK_NO_THROW(own.close_all());
    BOOST_CHECK_NO_THROW(own.finish());
    BOOST_CHECK_NO_THROW(own.run());
    BOOST_TEST(!failing.happened());
  }
  BOOST_TEST(drained);
}

BOOST_AUTO_TEST_CASE(a_connection_without_memory_is_closed_and_counted_out) {
  std::size_t failures = 0;
  for (std::size_t n = 1; failures == n - 1; ++n) {
    BOOST_TEST_CONTEXT("allocation " << n) {
      counted_out = 0;
      pair_client client;
      const platform::peer peer = local_peer();
      {
        const failing_allocation failing(n);
        own.take(client.peer_end, AF_UNIX, peer);
        if (failing.happened()) ++failures;
      }
      client.send(request_text("GET", "/healthz"));
      settle(own.context());
      const bool served = client.receive().starts_with("HTTP/1.1 200 ");
      BOOST_TEST(served != client.ended());
      BOOST_TEST(counted_out == (served ? 0U : 1U));
      own.close_all();
      settle(own.context());
      BOOST_TEST(counted_out == 1U);
      BOOST_TEST(own.connections().size() == 0U);
    }
  }
  BOOST_TEST(failures > 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace worker_test
