// The entries of a cache: deadlines, limits, eviction, what observers hear, and a long random run against a map.
#include "cache/entry_store.hpp"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>

#include "cache/cache_entry.hpp"
#include "freed_memory.hpp"
#include "library_fixture.hpp"

namespace credcache::inline v1 {
std::ostream& operator<<(std::ostream& out, put_outcome outcome) {
  static constexpr const char* names[] = {"added", "replaced", "owner_full", "cache_full", "outdated", "present"};
  return out << names[static_cast<std::size_t>(outcome)];
}
}  // namespace credcache::inline v1

namespace entry_store_test {
using namespace credcache;
using namespace credcache::testing;

namespace {

const owner_view alice{owner_kind::user, "alice"}, bob{owner_kind::user, "bob"};
const owner_view alice_isv{owner_kind::isv, "alice"};

cache_limits limits_of(std::size_t entries, eviction_policy eviction = eviction_policy::refuse) {
  cache_limits limits;
  limits.entries = entries;
  limits.eviction = eviction;
  return limits;
}

struct observed_cache {
  std::shared_ptr<recorder> heard = std::make_shared<recorder>();
  entry_store cache;
  explicit observed_cache(cache_limits limits = {}) : cache(limits, heard) {
    for (int i = 0; i <= 12; ++i) (void)cache.intern({.csp = "a", .site = "b", .name = std::to_string(i)});  // slot i
  }

  put_outcome put(owner_view owner, entry_key_view key, std::chrono::nanoseconds life,
                  std::chrono::nanoseconds now = {}, std::string_view sealed = "sealed") {
    return cache.put(owner, key, sealed,
                     {.deadline = at(now + life).boot,
                      .time_to_live = std::chrono::ceil<std::chrono::seconds>(life),
                      .generation = cache.next_generation()},
                     at(now).boot);
  }
  /// The sealed bytes, or "-". Not counted as a read.
  std::string get(owner_view owner, entry_key_view key, std::chrono::nanoseconds now = {}) {
    cached_entry out;
    return cache.get(owner, key, at(now).boot, out, false) ? std::string(out.sealed.reveal()) : "-";
  }
  auto keys_of(owner_view owner, std::chrono::nanoseconds now = {}) const { return cache.keys_of(owner, at(now).boot); }
};

std::size_t size_of(owner_view owner, std::string_view sealed) {
  return sizeof(cache_entry) + owner.name.size() + sealed.size();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(entry_stores, observed_cache)

BOOST_AUTO_TEST_CASE(put_get_replace_remove) {
  BOOST_TEST(get(alice, 1) == "-");
  BOOST_TEST(put(alice, 1, 10s) == put_outcome::added);
  BOOST_TEST(get(alice, 1) == "sealed");
  BOOST_TEST(put(alice, 1, 20s, 0s, "other, longer") == put_outcome::replaced);
  BOOST_TEST(get(alice, 1, 19s) == "other, longer");
  BOOST_TEST(cache.entries() == 1u);
  BOOST_TEST(cache.bytes() == size_of(alice, "other, longer"));
  BOOST_TEST(put(alice, 1, 20s, 0s, "s") == put_outcome::replaced);
  BOOST_TEST(cache.bytes() == size_of(alice, "s"));
  BOOST_TEST(cache.remove(alice, 1, at().boot));
  BOOST_TEST(!cache.remove(alice, 1, at().boot));
  BOOST_TEST(get(alice, 1) == "-");
  BOOST_TEST(cache.entries() == 0u);
  BOOST_TEST(cache.bytes() == 0u);
  BOOST_TEST(heard->events.empty());
}

BOOST_AUTO_TEST_CASE(owners_of_one_name_and_slots_stay_apart) {
  (void)put(alice, 1, 10s, 0s, "user");
  (void)put(alice_isv, 1, 10s, 0s, "isv");
  (void)put(alice, 2, 10s, 0s, "second");
  (void)put(bob, 1, 10s, 0s, "bob");
  (void)put({owner_kind::user, ""}, 1, 10s, 0s, "nobody");
  BOOST_TEST(get(alice, 1) == "user");
  BOOST_TEST(get(alice_isv, 1) == "isv");
  BOOST_TEST(get(alice, 2) == "second");
  BOOST_TEST(get(bob, 1) == "bob");
  BOOST_TEST(get({owner_kind::user, ""}, 1) == "nobody");
  BOOST_TEST(get(alice_isv, 2) == "-");
  BOOST_TEST(cache.remove(alice_isv, 1, at().boot));
  BOOST_TEST(get(alice, 1) == "user");
  BOOST_TEST((keys_of(alice) == std::vector<entry_key>{1, 2}));
  BOOST_TEST(keys_of(alice_isv).empty());
}

BOOST_AUTO_TEST_CASE(at_its_deadline_an_entry_is_gone_swept_or_not) {
  (void)put(alice, 1, 10s);
  BOOST_TEST(get(alice, 1, 10s - 1ns) == "sealed");
  BOOST_TEST(keys_of(alice, 10s - 1ns).size() == 1u);
  BOOST_TEST(get(alice, 1, 10s) == "-");
  BOOST_TEST(get(alice, 1, 11s) == "-");
  BOOST_TEST(keys_of(alice, 10s).empty());
  BOOST_TEST(!cache.remove(alice, 1, at(10s).boot));
  BOOST_TEST(cache.entries() == 1u);  // still takes up room until the sweep
  BOOST_TEST(cache.sweep(at(10s - 1ns).boot, 9) == 0u);
  BOOST_TEST(cache.sweep(at(10s).boot, 9) == 1u);
  BOOST_TEST(cache.entries() == 0u);
  BOOST_TEST(heard->events == std::vector<std::string>{"expired alice 1"});
}

BOOST_AUTO_TEST_CASE(putting_over_an_expired_entry_adds_and_tells_of_the_end) {
  (void)put(alice, 1, 10s);
  BOOST_TEST(put(alice, 1, 10s, 10s) == put_outcome::added);
  BOOST_TEST(heard->events == std::vector<std::string>{"expired alice 1"});
  BOOST_TEST(cache.entries() == 1u);
}

BOOST_AUTO_TEST_CASE(the_deadline_of_a_replaced_entry_counts_no_more) {
  (void)put(alice, 1, 10s);
  (void)put(alice, 1, 30s);
  BOOST_TEST(cache.sweep(at(10s).boot, 9) == 0u);
  BOOST_TEST((cache.next_deadline() == at(30s).boot));
  (void)put(alice, 1, 5s);
  BOOST_TEST(get(alice, 1, 5s) == "-");
}

BOOST_AUTO_TEST_CASE(a_sweep_is_bounded_and_takes_only_what_is_due) {
  for (int i = 0; i < 100; ++i) {
    (void)put({owner_kind::user, "owner " + std::to_string(i)}, 1, std::chrono::seconds{1 + i % 10});
  }
  BOOST_TEST(cache.sweep(at(5s).boot, 0) == 0u);
  BOOST_TEST(cache.sweep(at(5s).boot, 30) == 30u);
  BOOST_TEST(cache.entries() == 70u);
  BOOST_TEST(cache.sweep(at(5s).boot, 1000) == 20u);
  BOOST_TEST(cache.sweep(at(5s).boot, 1000) == 0u);
  BOOST_TEST((cache.next_deadline() == at(6s).boot));
  BOOST_TEST(cache.sweep(at(100s).boot, 1000) == 50u);
  BOOST_TEST((cache.next_deadline() == time_point::max()));
  BOOST_TEST(heard->events.size() == 100u);
  BOOST_TEST(cache.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(one_owners_entries_are_swept_in_the_order_of_their_deadlines) {
  for (const slot_id slot : {3u, 1u, 2u}) (void)put(alice, slot, std::chrono::seconds{slot});
  (void)cache.sweep(at(9s).boot, 9);
  BOOST_TEST(heard->events == (std::vector<std::string>{"expired alice 1", "expired alice 2", "expired alice 3"}));
}

BOOST_AUTO_TEST_CASE(the_next_deadline_is_the_earliest_and_an_earlier_one_is_announced) {
  BOOST_TEST((cache.next_deadline() == time_point::max()));
  (void)put(alice, 1, 20s);
  (void)put(bob, 1, 30s);
  (void)put(alice, 2, 10s);
  (void)put(bob, 2, 15s);
  const std::vector<time_point> expected{at(20s).boot, at(10s).boot};
  BOOST_TEST((heard->armed == expected));
  BOOST_TEST((cache.next_deadline() == at(10s).boot));
  (void)cache.remove(alice, 2, at().boot);
  BOOST_TEST((cache.next_deadline() == at(15s).boot));
  (void)put(alice, 2, 12s);  // earlier than what next_deadline() said last
  BOOST_TEST((heard->armed.back() == at(12s).boot));
}

BOOST_AUTO_TEST_CASE(reads_are_counted_and_extend_nothing) {
  (void)put(alice, 1, 10s);
  cached_entry out;
  BOOST_TEST(cache.get(alice, 1, at(1s).boot, out, false));
  BOOST_TEST(out.info.reads == 0u);
  BOOST_TEST((out.info.last_read == out.info.created));
  for (int i = 0; i < 3; ++i) BOOST_TEST(cache.get(alice, 1, at(2500ms).boot, out));
  BOOST_TEST(out.info.reads == 3u);
  BOOST_TEST((out.info.last_read == at(2s).boot));  // whole seconds after the creation
  BOOST_TEST((out.info.created == at().boot));
  BOOST_TEST((out.info.deadline == at(10s).boot));
  BOOST_TEST(out.info.time_to_live == 10u);
  BOOST_TEST(get(alice, 1, 10s) == "-");
  (void)put(alice, 1, 10s, 3s);
  BOOST_TEST(cache.get(alice, 1, at(3s).boot, out, false));
  BOOST_TEST(out.info.reads == 0u);  // a replacement begins anew
}

BOOST_AUTO_TEST_CASE(keys_and_lists_of_names_have_one_number_each) {
  const credential_key one{"a", "b", credential_type::variables, "c"};
  credential_key two = one;
  two.type = credential_type::oauth2;
  credential_key three = one;
  three.profile = "second account";
  BOOST_TEST(!cache.find_slot(one).has_value());
  const slot_id first = cache.intern(three);
  BOOST_TEST(cache.intern(one) == first);  // whoever chooses profiles does not make the store grow
  BOOST_TEST((cache.key_of(first) == one));
  BOOST_TEST((cache.find_slot(three) == first));
  BOOST_TEST(cache.intern(two) != first);
  BOOST_TEST(cache.intern(one) == first);
  const credential_key& kept = cache.key_of(cache.intern(two));
  for (int i = 0; i < 1'000; ++i) (void)cache.intern({.csp = "c", .site = "d", .name = std::to_string(i)});
  BOOST_TEST((kept == two));  // a reference holds however many follow
  BOOST_CHECK_THROW((void)cache.key_of(9'999), std::out_of_range);
  const names_id x = cache.intern_names({"X", "Y"});
  BOOST_TEST(cache.intern_names({"Y", "X"}) != x);
  BOOST_TEST(cache.intern_names({"XY"}) != x);
  BOOST_TEST(cache.intern_names({"X", "Y"}) == x);
  BOOST_TEST((cache.names_of(x).names == std::vector<std::string>{"X", "Y"}));
  BOOST_CHECK_THROW((void)cache.names_of(99), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(generations_of_a_key_only_grow) {
  const auto put_as = [&](std::uint64_t generation) {
    return cache.put(alice, 1, "sealed", {.deadline = at(10s).boot, .generation = generation}, at().boot);
  };
  const auto take_in_as = [&](slot_id slot, std::uint64_t generation) {
    return cache.take_in(alice, slot, "from elsewhere", {.deadline = at(10s).boot, .generation = generation},
                         at().boot);
  };
  const std::uint64_t early = cache.next_generation(), late = cache.next_generation();
  BOOST_TEST(early < late);
  BOOST_TEST(put_as(late) == put_outcome::added);
  BOOST_TEST(put_as(early) == put_outcome::outdated);
  BOOST_TEST(put_as(late) == put_outcome::outdated);
  BOOST_TEST(cache.remove(alice, 1, at().boot));
  BOOST_TEST(put_as(early) == put_outcome::outdated);  // nor after a removal
  BOOST_TEST(cache.entries() == 0u);
  // What comes from elsewhere must be later than what it replaces alone, and all that follows is later.
  BOOST_TEST(take_in_as(1, early) == put_outcome::added);
  BOOST_TEST(take_in_as(1, early) == put_outcome::outdated);
  BOOST_TEST(take_in_as(2, 1'000) == put_outcome::added);
  BOOST_TEST(cache.next_generation() == 1'001u);
  BOOST_TEST(put_as(1'001) == put_outcome::replaced);
}

BOOST_AUTO_TEST_CASE(a_walk_sees_every_living_entry_once) {
  std::set<std::string> expected, seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = "owner " + std::to_string(i % 300);
    (void)put({owner_kind::user, name}, static_cast<slot_id>(i), std::chrono::seconds{1 + i % 2}, 0s, name);
    if (i % 2 == 1) expected.insert(name + "/" + std::to_string(i));
  }
  std::size_t visits = 0, largest = 0;
  for (std::size_t shard = 0; shard < credential_cache::shards; ++shard) {
    const std::size_t before = visits;
    cache.for_each(shard, at(1s).boot, [&](const entry_view& entry) {
      ++visits;
      BOOST_TEST(entry.sealed == entry.owner.name);
      BOOST_TEST((entry.info.deadline == at(2s).boot));
      seen.insert(std::string(entry.owner.name) + "/" + std::to_string(entry.info.slot));
    });
    largest = std::max(largest, visits - before);
  }
  BOOST_TEST((seen == expected));
  BOOST_TEST(visits == expected.size());
  BOOST_TEST(largest < 100u);  // no lock was held for all of them
}

BOOST_AUTO_TEST_CASE(what_a_header_cannot_count_is_refused) {
  const std::string longest(65'535, 'o');
  BOOST_TEST(put({owner_kind::user, longest}, 1, 10s) == put_outcome::added);
  BOOST_CHECK_THROW((void)put({owner_kind::user, longest + "o"}, 1, 10s), std::length_error);
  const auto put_with = [&](wall_time deadline, std::uint64_t generation) {
    return cache.put(alice, 1, "", {.deadline = at(1s).boot, .wall_deadline = deadline, .generation = generation},
                     at().boot);
  };
  BOOST_CHECK_THROW((void)put_with(at().wall, std::uint64_t{1} << 56), std::length_error);
  BOOST_CHECK_THROW((void)put_with(wall_time(-1ms), 9), std::length_error);
  BOOST_CHECK_THROW((void)put_with(wall_time(std::chrono::milliseconds{std::int64_t{1} << 48}), 9), std::length_error);
  BOOST_TEST(cache.entries() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_removed_replaced_swept_or_left_is_wiped) {
  static constexpr std::string_view sealed = "sealed-90cd1e7733fb21";
  freed_memory watch(sealed);
  {
    entry_store quiet;
    for (slot_id slot = 1; slot <= 6; ++slot)
      (void)quiet.put(alice, slot, sealed, {.deadline = at(1s).boot, .generation = slot}, at().boot);
    (void)quiet.put(alice, 1, sealed, {.deadline = at(9s).boot, .generation = 9}, at().boot);
    (void)quiet.remove(alice, 2, at().boot);
    (void)quiet.remove_each(alice, {3, 4}, at().boot);
    (void)quiet.sweep(at(2s).boot, 1);
    cached_entry out;
    (void)quiet.get(alice, 1, at().boot, out);
  }
  watch.stop();
  BOOST_TEST(watch.blocks() >= 7u);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(cache_limits_and_eviction)

BOOST_AUTO_TEST_CASE(a_full_cache_refuses_but_replaces) {
  observed_cache full(limits_of(2));
  BOOST_TEST(full.put(alice, 1, 10s) == put_outcome::added);
  BOOST_TEST(full.put(bob, 1, 20s) == put_outcome::added);
  BOOST_TEST(full.put(bob, 2, 20s) == put_outcome::cache_full);
  BOOST_TEST(full.get(bob, 2) == "-");
  BOOST_TEST(full.put(bob, 1, 30s, 0s, "new") == put_outcome::replaced);
  BOOST_TEST(full.get(alice, 1) == "sealed");
  BOOST_TEST(full.get(bob, 1) == "new");
  BOOST_TEST(full.cache.entries() == 2u);
  BOOST_TEST(full.heard->events.empty());
}

BOOST_AUTO_TEST_CASE(expired_entries_make_room) {
  observed_cache full(limits_of(2));
  (void)full.put(alice, 1, 10s);
  (void)full.put(bob, 1, 20s);
  BOOST_TEST(full.put(bob, 2, 20s, 10s - 1ns) == put_outcome::cache_full);
  BOOST_TEST(full.put(bob, 2, 20s, 10s) == put_outcome::added);
  BOOST_TEST(full.heard->events == std::vector<std::string>{"expired alice 1"});
}

BOOST_AUTO_TEST_CASE(the_one_that_would_die_first_gives_way_if_so_configured) {
  observed_cache full(limits_of(3, eviction_policy::soonest_expiry));
  (void)full.put(alice, 1, 30s);
  (void)full.put(bob, 1, 10s);
  (void)full.put(bob, 2, 20s);
  BOOST_TEST(full.put(alice, 2, 5s) == put_outcome::added);  // lives, though it would be the first now
  BOOST_TEST(full.heard->events == std::vector<std::string>{"evicted bob 1"});
  BOOST_TEST(full.put(alice, 1, 40s) == put_outcome::replaced);  // needs no room
  BOOST_TEST(full.put(bob, 3, 50s) == put_outcome::added);
  BOOST_TEST(full.heard->events == (std::vector<std::string>{"evicted bob 1", "evicted alice 2"}));
  BOOST_TEST(full.cache.entries() == 3u);
  BOOST_TEST((full.cache.next_deadline() == at(20s).boot));
}

BOOST_AUTO_TEST_CASE(an_expired_entry_gives_way_before_a_living_one) {
  observed_cache full(limits_of(2, eviction_policy::soonest_expiry));
  (void)full.put(alice, 1, 10s);
  (void)full.put(bob, 1, 20s);
  BOOST_TEST(full.put(bob, 2, 20s, 15s) == put_outcome::added);
  BOOST_TEST(full.heard->events == std::vector<std::string>{"expired alice 1"});
}

BOOST_AUTO_TEST_CASE(bytes_are_limited_and_a_replacement_needs_its_growth_only) {
  cache_limits limits;
  limits.bytes = 2 * size_of(alice, "0123456789");
  observed_cache full(limits);
  BOOST_TEST(full.put(alice, 1, 10s, 0s, "0123456789") == put_outcome::added);
  BOOST_TEST(full.put(alice, 2, 10s, 0s, "012345678") == put_outcome::added);
  BOOST_TEST(full.put(alice, 3, 10s, 0s, "") == put_outcome::cache_full);
  BOOST_TEST(full.put(alice, 1, 10s, 0s, "9876543210") == put_outcome::replaced);
  BOOST_TEST(full.put(alice, 2, 10s, 0s, "9876543210") == put_outcome::replaced);
  BOOST_TEST(full.cache.bytes() == limits.bytes);
  BOOST_TEST(full.put(alice, 2, 10s, 0s, "9876543210+") == put_outcome::cache_full);
  BOOST_TEST(full.get(alice, 2) == "9876543210");
  BOOST_TEST(full.put(alice, 2, 10s, 0s, "9") == put_outcome::replaced);
  BOOST_TEST(full.cache.bytes() == limits.bytes - 9);
}

BOOST_AUTO_TEST_CASE(what_can_never_fit_drives_nobody_out) {
  cache_limits limits = limits_of(10, eviction_policy::soonest_expiry);
  limits.bytes = 1000;
  observed_cache small(limits);
  (void)small.put(alice, 1, 10s);
  BOOST_TEST(small.put(bob, 1, 10s, 0s, std::string(1000, 'x')) == put_outcome::cache_full);
  BOOST_TEST(small.get(alice, 1) == "sealed");
  BOOST_TEST(small.heard->events.empty());
  // What does fit drives out as many as it needs.
  for (slot_id slot = 2; slot < 9; ++slot) (void)small.put(alice, slot, std::chrono::seconds{10 + slot});
  BOOST_TEST(small.put(bob, 1, 99s, 0s, std::string(800, 'x')) == put_outcome::added);
  BOOST_TEST(small.cache.bytes() <= 1000u);
  BOOST_TEST(small.get(alice, 8) == "sealed");
}

BOOST_AUTO_TEST_CASE(an_owner_has_a_limit_of_living_entries) {
  cache_limits limits;
  limits.entries_per_owner = 2;
  observed_cache small(limits);
  BOOST_TEST(small.put(alice, 1, 10s) == put_outcome::added);
  BOOST_TEST(small.put(alice, 2, 20s) == put_outcome::added);
  BOOST_TEST(small.put(alice, 3, 20s) == put_outcome::owner_full);
  BOOST_TEST(small.put(alice, 2, 20s) == put_outcome::replaced);
  BOOST_TEST(small.put(alice_isv, 3, 20s) == put_outcome::added);   // another owner
  BOOST_TEST(small.put(alice, 3, 20s, 10s) == put_outcome::added);  // the first one has expired
  // Its slot is still there, unswept; putting there would make a third living one.
  BOOST_TEST(small.put(alice, 1, 20s, 10s) == put_outcome::owner_full);
  BOOST_TEST(small.keys_of(alice, 10s).size() == 2u);
}

BOOST_AUTO_TEST_CASE(limits_of_zero_store_nothing) {
  observed_cache none(limits_of(0, eviction_policy::soonest_expiry));
  BOOST_TEST(none.put(alice, 1, 10s) == put_outcome::cache_full);
  cache_limits limits;
  limits.entries_per_owner = 0;
  observed_cache nobody(limits);
  BOOST_TEST(nobody.put(alice, 1, 10s) == put_outcome::owner_full);
}

// 100,000 random operations, each answer compared with a plain map. The model knows living entries only.
BOOST_DATA_TEST_CASE(random_operations_match_a_map, boost::unit_test::data::make({false, true}), evicting) {
  const eviction_policy policy = evicting ? eviction_policy::soonest_expiry : eviction_policy::refuse;
  struct model_entry {
    std::string sealed;
    std::chrono::nanoseconds deadline;
    std::uint32_t reads;
    std::uint64_t place;  ///< in the order of addition
  };
  using key = std::pair<owner, entry_key>;
  cache_limits limits = limits_of(40, policy);
  limits.entries_per_owner = 8;
  observed_cache real(limits);
  std::map<key, model_entry> model;
  std::mt19937_64 random(20261122);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::chrono::nanoseconds now{};
  for (int i = 0; i < 100'000; ++i) {
    now += std::chrono::nanoseconds{below(3) * 1'000'000'000 + below(5)};
    std::erase_if(model, [&](const auto& item) { return item.second.deadline <= now; });
    const credcache::owner owner{below(2) == 0 ? owner_kind::user : owner_kind::isv,
                                 "owner " + std::to_string(below(6))};
    const char* const profile = below(2) == 0 ? "" : below(2) == 0 ? "prod" : "dev";
    const key wanted{owner, {static_cast<slot_id>(below(5)), profile}};
    const auto known = model.find(wanted);
    const auto of_owner = std::ranges::count_if(model, [&](const auto& item) { return item.first.first == owner; });
    cached_entry out;
    std::string wrong;
    switch (below(8)) {
      case 0:
      case 1:
      case 2: {
        const std::string sealed(below(50), static_cast<char>('a' + below(26)));
        const std::chrono::nanoseconds life{1 + below(100) * 1'000'000'000 + below(1000)};
        put_outcome expected = known != model.end() ? put_outcome::replaced : put_outcome::added;
        if (known == model.end() && of_owner >= 8) expected = put_outcome::owner_full;
        if (expected == put_outcome::added && model.size() >= 40) {
          if (policy == eviction_policy::refuse) {
            expected = put_outcome::cache_full;
          } else {
            model.erase(std::ranges::min_element(model, {}, [](const auto& item) { return item.second.deadline; }));
          }
        }
        const std::uint64_t place = expected == put_outcome::replaced ? known->second.place : std::uint64_t(i);
        if (expected <= put_outcome::replaced) model[wanted] = {sealed, now + life, 0, place};
        if (real.put(owner, wanted.second, life, now, sealed) != expected) wrong = "put";
        break;
      }
      case 3:
      case 4: {
        const bool found = real.cache.get(owner, wanted.second, at(now).boot, out);
        const bool profiles = std::ranges::any_of(
            model, [&](const auto& item) { return item.first.first == owner && !item.first.second.profile.empty(); });
        if (out.owner_has_profiles != profiles) wrong = "whether there are profiles";
        if (found != (known != model.end())) wrong = "get";
        if (!found) break;
        const bool same = out.sealed.reveal() == known->second.sealed && out.info.reads == ++known->second.reads &&
                          out.info.deadline == at(known->second.deadline).boot;
        if (!same) wrong = "what get returned";
        break;
      }
      case 5:
        if (real.cache.remove(owner, wanted.second, at(now).boot) != (model.erase(wanted) == 1)) wrong = "remove";
        break;
      case 6: {
        std::map<std::uint64_t, entry_key> expected;  // by when they were added
        for (const auto& [known_key, entry] : model) {
          if (known_key.first == owner) expected.emplace(entry.place, known_key.second);
        }
        std::vector<entry_key> keys;
        for (const auto& [place, known_key] : expected) keys.push_back(known_key);
        if (real.keys_of(owner, now) != keys) wrong = "keys_of";
        if (below(4) != 0) break;
        const std::vector<entry_key> some{1, {3, "prod"}, 4, {3, "prod"}, 11, {0, "dev"}, {0, "Dev"}};
        std::erase_if(keys, [&](const entry_key& k) { return std::ranges::find(some, k) == some.end(); });
        std::ranges::sort(keys);
        if (real.cache.remove_each(owner, some, at(now).boot) != keys) wrong = "remove_each";
        for (const entry_key& removed : keys) model.erase({owner, removed});
        break;
      }
      default: {
        if (below(2) == 0) (void)real.cache.sweep(at(now).boot, below(4));
        if (below(4) != 0) break;
        (void)real.cache.sweep(at(now).boot, 1000);
        std::size_t bytes = 0;
        time_point earliest = time_point::max();
        for (const auto& [known_key, entry] : model) {
          bytes += size_of(known_key.first, entry.sealed) + known_key.second.profile.size();
          earliest = std::min(earliest, at(entry.deadline).boot);
        }
        if (real.cache.entries() != model.size() || real.cache.bytes() != bytes) wrong = "the counters";
        if (real.cache.next_deadline() != earliest) wrong = "next_deadline";
      }
    }
    if (!wrong.empty()) BOOST_FAIL(wrong << " differs from the model after " << i << " operations");
  }
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace entry_store_test
