// Entries that are put only if there is none, and how many are due when.
#include <array>
#include <boost/test/unit_test.hpp>

#include "cache/entry_store.hpp"
#include "library_fixture.hpp"

namespace new_entries_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

struct store_of_new_entries {
  std::shared_ptr<recorder> heard = std::make_shared<recorder>();
  entry_store cache{{}, heard};
  const owner_view owner{owner_kind::user, "alice"};

  store_of_new_entries() {
    for (int i = 0; i <= 4; ++i) (void)cache.intern({.csp = "a", .site = "b", .name = std::to_string(i)});  // slot i
  }
  bool put(owner_view of, slot_id slot, std::chrono::seconds until, std::chrono::seconds now, std::string_view sealed) {
    const auto outcome = cache.put(of, slot, sealed,
                                   {.deadline = at(until).boot,
                                    .time_to_live = until - now,
                                    .generation = cache.next_generation(),
                                    .only_new = true},
                                   at(now).boot);
    BOOST_TEST((outcome == put_outcome::added || outcome == put_outcome::present));
    return outcome == put_outcome::added;
  }
  std::string get(slot_id slot, std::chrono::seconds now) {
    cached_entry out;
    return cache.get(owner, slot, at(now).boot, out, false) ? std::string(out.sealed.reveal()) : "-";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(new_entries, store_of_new_entries)

BOOST_AUTO_TEST_CASE(a_living_entry_stays) {
  BOOST_TEST(put(owner, 1, 10s, 0s, "first"));
  const std::size_t bytes = cache.bytes();
  BOOST_TEST(!put(owner, 1, 20s, 9s, "the second one"));
  BOOST_TEST(get(1, 9s) == "first");
  BOOST_TEST(cache.bytes() == bytes);
  BOOST_TEST(cache.entries() == 1u);
  BOOST_TEST(put(owner, 2, 20s, 9s, "another slot"));
  BOOST_TEST(put(owner, 1, 20s, 10s, "third"));  // the first one is dead
  BOOST_TEST(get(1, 10s) == "third");
  BOOST_TEST(heard->events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_due_is_counted_shard_by_shard) {
  for (const owner_view of : {owner, owner_view{owner_kind::user, "bob"}, owner_view{owner_kind::isv, "alice"}})
    for (slot_id slot = 1; slot <= 4; ++slot) (void)put(of, slot, slot * 10s, 0s, "sealed");
  const std::array<time_point, 3> times{at(9s).boot, at(20s).boot, at(1h).boot};
  std::array<std::size_t, 3> counts{};
  std::size_t seen = 0;
  for (std::size_t shard = 0; shard < credential_cache::shards; ++shard) seen += cache.count_due(shard, times, counts);
  BOOST_TEST(seen == 12u);
  BOOST_TEST(counts == (std::array<std::size_t, 3>{0, 6, 12}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace new_entries_test
