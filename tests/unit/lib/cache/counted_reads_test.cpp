// A read that was counted and answered nobody is taken back; others' reads stay.
#include <boost/test/unit_test.hpp>

#include "cache/entry_store.hpp"
#include "library_fixture.hpp"

namespace counted_reads_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

const owner alice{owner_kind::user, "alice"};

struct counting_store {
  entry_store cache;
  slot_id slot = cache.intern({.csp = "a", .site = "b", .name = "c"});
  cached_entry first, second, seen;

  counting_store() { put(); }
  void put() {
    (void)cache.put(alice, slot, "sealed",
                    {.deadline = at(10s).boot, .time_to_live = 10s, .generation = cache.next_generation()}, at().boot);
  }
  void read(std::chrono::nanoseconds now, cached_entry& out) { BOOST_TEST(cache.get(alice, slot, at(now).boot, out)); }
  const entry_info& look() {
    BOOST_TEST(cache.get(alice, slot, at(3s).boot, seen, false));
    return seen.info;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(counted_reads, counting_store)

BOOST_AUTO_TEST_CASE(the_only_read_leaves_nothing) {
  read(1s, first);
  cache.uncount(alice, first.read);
  BOOST_TEST(look().reads == 0u);
  BOOST_TEST((look().last_read == look().created));
}

BOOST_AUTO_TEST_CASE(those_before_it_and_those_since_stay) {
  read(1s, first);
  read(2s, first);
  cache.uncount(alice, first.read);
  BOOST_TEST(look().reads == 1u);
  BOOST_TEST((look().last_read == at(1s).boot));
  read(2s, first);
  read(3s, second);
  cache.uncount(alice, first.read);
  BOOST_TEST(look().reads == 2u);
  BOOST_TEST((look().last_read == at(3s).boot));
}

BOOST_AUTO_TEST_CASE(a_replacement_has_reads_of_its_own) {
  read(1s, first);
  put();
  read(2s, second);
  cache.uncount(alice, first.read);
  BOOST_TEST(look().reads == 1u);
  (void)cache.remove(alice, slot, at().boot);
  cache.uncount(alice, second.read);
  BOOST_TEST(cache.entries() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace counted_reads_test
