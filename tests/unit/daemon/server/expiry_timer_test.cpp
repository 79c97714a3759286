// The expiry over a real timer. Deadlines are past ones, so nothing here takes time.
#include <boost/test/unit_test.hpp>

#include "api_scene.hpp"
#include "cache/entry_store.hpp"
#include "freed_memory.hpp"
#include "server/cache_observer.hpp"
#include "server/expiry_timer.hpp"

namespace expiry_timer_test {

using namespace credcached;
using namespace credcached::testing;
using credcache::testing::failing_allocation;

namespace {

struct expiry_fixture {
  api::daemon_state state;
  std::shared_ptr<server::cache_observer> watcher = std::make_shared<server::cache_observer>(state);
  std::shared_ptr<credcache::credential_cache> cache =
      std::make_shared<credcache::credential_cache>(credcache::cache_limits{}, watcher);
  boost::asio::io_context context{1};
  server::expiry_timer own{context, cache};
  const credcache::time_point past = credcache::boot_clock::now() - std::chrono::seconds(10);

  expiry_fixture() {
    state.cache = cache;
    watcher->deadline_moved = [this](credcache::time_point deadline) { own.deadline_moved(deadline); };
  }
  void put(const std::string& owner, std::chrono::seconds after) {
    credcache::entry_store& store = cache->store();
    const auto slot = store.intern({"Alpha", "North", credcache::credential_type::variables, "PAIR"});
    const auto outcome = store.put({credcache::owner_kind::user, owner}, slot, "sealed",
                                   {.deadline = past + after, .generation = store.next_generation()}, past);
    BOOST_TEST_REQUIRE((outcome == credcache::put_outcome::added));
  }
  /// False if the loop has had nothing to do for long.
  [[nodiscard]] bool wiped_down_to(std::size_t entries) {
    while (cache->entries() > entries)
      if (context.run_one_for(std::chrono::seconds(10)) == 0) return false;
    return true;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(expiry_timer, expiry_fixture)

BOOST_AUTO_TEST_CASE(what_is_due_is_wiped_however_much_it_is) {
  for (int i = 0; i < 1'000; ++i) put("owner " + std::to_string(i), std::chrono::seconds(1));
  put("who stays", std::chrono::hours(1));
  BOOST_TEST(wiped_down_to(1));
  BOOST_TEST(state.expired == 1'000U);
}

// The cache tells of a deadline in the middle of a put, where nothing may fail.
BOOST_AUTO_TEST_CASE(an_earlier_deadline_needs_no_memory) {
  {
    const failing_allocation failing(1);
    BOOST_CHECK_NO_THROW(own.deadline_moved(past));
    BOOST_TEST(!failing.happened());
  }
  put("alice", std::chrono::seconds(1));
  BOOST_TEST(wiped_down_to(0));
}

BOOST_AUTO_TEST_CASE(it_goes_on_whichever_allocation_fails) {
  std::size_t rounds = 0;
  for (bool failed = true; failed; ++rounds) {
    for (int i = 0; i < 100; ++i) put("owner " + std::to_string(i), std::chrono::seconds(1));
    const failing_allocation failing(rounds + 1);
    try {
      BOOST_TEST_REQUIRE(wiped_down_to(0));
    } catch (const std::bad_alloc&) {
      BOOST_ERROR("it should need no memory");
    }
    failed = failing.happened();
  }
  BOOST_TEST(rounds > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace expiry_timer_test
