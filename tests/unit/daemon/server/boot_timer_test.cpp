// The timer that neither a missing allocation nor another thread stops. What is due lies in the past: nothing takes time.
#include "server/boot_timer.hpp"

#include <boost/test/unit_test.hpp>

#include "freed_memory.hpp"

namespace boot_timer_test {

using namespace credcached;
using credcache::testing::failing_allocation;

BOOST_AUTO_TEST_SUITE(boot_timer)

BOOST_AUTO_TEST_CASE(setting_and_waiting_need_no_memory) {
  boost::asio::io_context context{1};
  int calls = 0;
  server::boot_timer own(context, [&] { ++calls; });
  const failing_allocation failing(1);
  for (int i = 1; i <= 3; ++i) {
    own.wait();
    own.set(credcache::boot_clock::now() - std::chrono::seconds(1));
    context.restart();
    context.run_one_for(std::chrono::seconds(10));
    BOOST_TEST(calls == i);
  }
  own.wait();
  own.close();
  context.restart();
  context.run();
  BOOST_TEST(calls == 3);
  BOOST_TEST(!failing.happened());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace boot_timer_test
