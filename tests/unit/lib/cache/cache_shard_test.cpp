// One shard: the index, the chains of owners, the heap of deadlines, and that entries are wiped.
#include "cache/cache_shard.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <string>
#include <tuple>

#include "freed_memory.hpp"

namespace cache_shard_test {

using namespace credcache;
using testing::freed_memory;

namespace {

constexpr std::uint32_t hash = 7;

entry_ptr entry_of(owner_view owner, entry_key_view key, std::int64_t deadline, std::string_view sealed = "sealed",
                   std::uint32_t owner_hash = hash) {
  entry_ptr entry = make_entry(owner, key, sealed);
  entry->owner_hash = owner_hash;
  entry->deadline = deadline;
  return entry;
}

const owner_view alice{owner_kind::user, "alice"};
const owner_view bob{owner_kind::user, "bob"};
const owner_view alice_isv{owner_kind::isv, "alice"};

/// "1 1/prod 2"
std::string chain(const cache_shard& shard, owner_view owner) {
  std::string all;
  for (const cache_entry* e = shard.first_of(owner, hash); e != nullptr; e = e->next) {
    all += (all.empty() ? "" : " ") + std::to_string(e->slot) + (e->profile_size == 0 ? "" : "/");
    all += e->profile();
  }
  return all;
}

std::size_t chain_length(const cache_shard& shard, owner_view owner) {
  std::size_t length = 0;
  for (const cache_entry* e = shard.first_of(owner, hash); e != nullptr; e = e->next) ++length;
  return length;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cache_shards)

BOOST_AUTO_TEST_CASE(an_entry_is_a_header_an_owner_a_profile_and_sealed_bytes) {
  const entry_ptr entry = make_entry(alice_isv, {7, "prod"}, std::string_view("s\0ealed", 7));
  BOOST_TEST(entry->size() == sizeof(cache_entry) + 5 + 4 + 7);
  BOOST_TEST(entry->slot == 7u);
  BOOST_TEST(entry->profile() == "prod");
  BOOST_TEST(entry->owner().name == "alice");
  BOOST_TEST((entry->owner().kind == owner_kind::isv));
  BOOST_TEST((entry->sealed() == std::string_view("s\0ealed", 7)));
  BOOST_TEST(entry->belongs_to(alice_isv));
  BOOST_TEST(!entry->belongs_to(alice));
  BOOST_TEST(!entry->belongs_to({owner_kind::isv, "alic"}));
  BOOST_TEST((entry->info().last_read == entry->info().created));
  const entry_ptr empty = make_entry({owner_kind::user, ""}, 0, "");
  BOOST_TEST(empty->sealed().empty());
  BOOST_TEST(empty->profile().empty());
  const std::string longest(4 * longest_profile, 'x');
  BOOST_TEST(make_entry(alice, {1, longest}, "sealed")->profile() == longest);
  BOOST_CHECK_THROW((void)make_entry(alice, {1, std::string(512, 'x')}, ""), std::length_error);
}

BOOST_AUTO_TEST_CASE(owners_with_one_hash_stay_apart) {
  cache_shard shard;
  (void)shard.insert(entry_of(alice, 1, 10));
  (void)shard.insert(entry_of(alice_isv, 1, 20));
  (void)shard.insert(entry_of(bob, 1, 30));
  (void)shard.insert(entry_of(alice, 2, 40));
  BOOST_TEST(shard.find(alice, hash, 1)->deadline == 10);
  BOOST_TEST(shard.find(alice_isv, hash, 1)->deadline == 20);
  BOOST_TEST(shard.find(bob, hash, 1)->deadline == 30);
  BOOST_TEST(shard.find(bob, hash, 2) == nullptr);
  BOOST_TEST(shard.find(alice, hash + 1, 1) == nullptr);
  BOOST_TEST(chain_length(shard, alice) == 2u);
  BOOST_TEST(chain_length(shard, bob) == 1u);
}

BOOST_AUTO_TEST_CASE(an_entry_of_the_same_owner_and_slot_is_replaced) {
  cache_shard shard;
  BOOST_TEST(shard.insert(entry_of(alice, 1, 10, "old")).get() == nullptr);
  BOOST_TEST(shard.insert(entry_of(alice, 2, 5)).get() == nullptr);
  const entry_ptr old = shard.insert(entry_of(alice, 1, 20, "new"));
  BOOST_REQUIRE(old);
  BOOST_TEST(old->sealed() == "old");
  BOOST_TEST(shard.find(alice, hash, 1)->sealed() == "new");
  BOOST_TEST(chain_length(shard, alice) == 2u);
  BOOST_TEST(shard.next_deadline() == 5);
}

BOOST_AUTO_TEST_CASE(a_chain_has_the_order_in_which_its_entries_were_added) {
  cache_shard shard;
  (void)shard.insert(entry_of(alice, {1, "prod"}, 30));
  (void)shard.insert(entry_of(alice, 1, 20));
  (void)shard.insert(entry_of(alice, {1, "dev"}, 10));
  BOOST_TEST(chain(shard, alice) == "1/prod 1 1/dev");
  BOOST_TEST((shard.insert(entry_of(alice, 1, 40))->deadline == 20));
  BOOST_TEST((shard.insert(entry_of(alice, {1, "prod"}, 50), 29)->deadline == 30));
  BOOST_TEST(chain(shard, alice) == "1/prod 1 1/dev");  // a living one keeps its place
  (void)shard.take(shard.find(alice, hash, 1));
  (void)shard.insert(entry_of(alice, 1, 60));
  BOOST_TEST(chain(shard, alice) == "1/prod 1/dev 1");
  BOOST_TEST((shard.insert(entry_of(alice, {1, "prod"}, 70), 50)->deadline == 50));  // over, and not swept yet
  BOOST_TEST(chain(shard, alice) == "1/dev 1 1/prod");
  BOOST_TEST(shard.next_deadline() == 10);
  std::string walked;
  shard.for_each([&](const cache_entry& entry) { walked += std::string(entry.profile()) + ";"; });
  BOOST_TEST(walked == "dev;;prod;");
}

BOOST_AUTO_TEST_CASE(many_entries_of_one_owner_are_taken_in_one_pass) {
  cache_shard shard;
  for (slot_id slot = 1; slot <= 6; ++slot) (void)shard.insert(entry_of(alice, slot, slot * 10));
  (void)shard.insert(entry_of(bob, 2, 5));
  std::vector<entry_ptr> taken;
  taken.reserve(9);
  const auto take = [&](std::vector<entry_key> keys, std::int64_t now) {
    taken.clear();
    shard.take_each(alice, hash, keys, now, taken);
    std::vector<slot_id> numbers;
    for (const entry_ptr& entry : taken) numbers.push_back(entry->slot);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  };
  BOOST_TEST(take({1, 3, 6, 9}, 10) == (std::vector<slot_id>{3, 6}));  // the first has reached its deadline
  BOOST_TEST(chain_length(shard, alice) == 4u);
  BOOST_TEST(shard.next_deadline() == 5);
  BOOST_TEST(take({}, 0).empty());
  BOOST_TEST(take({1, 2, 4, 5}, 0) == (std::vector<slot_id>{1, 2, 4, 5}));
  BOOST_TEST(shard.first_of(alice, hash) == nullptr);
  BOOST_TEST(take({1}, 0).empty());
  BOOST_TEST(shard.find(bob, hash, 2)->deadline == 5);
  (void)shard.insert(entry_of(alice, 1, 10));
  BOOST_TEST(chain_length(shard, alice) == 1u);
}

BOOST_AUTO_TEST_CASE(living_entries_of_other_slots_are_counted) {
  cache_shard shard;
  (void)shard.insert(entry_of(alice, 1, 10, "four"));
  (void)shard.insert(entry_of(alice, 2, 20));
  (void)shard.insert(entry_of(alice, 3, 30));
  const auto count = [&](slot_id slot, std::int64_t now) { return shard.count_of(alice, hash, slot, now).others; };
  BOOST_TEST(count(9, 0) == 3u);
  BOOST_TEST(count(1, 0) == 2u);
  BOOST_TEST(count(9, 9) == 3u);
  BOOST_TEST(count(9, 10) == 2u);
  BOOST_TEST(count(9, 30) == 0u);
  BOOST_TEST(shard.count_of(alice, hash, 1, 99).same_key == sizeof(cache_entry) + 5 + 4);  // dead, but there
  BOOST_TEST(shard.count_of(alice, hash, 9, 0).same_key == 0u);
  BOOST_TEST(shard.count_of(bob, hash, 1, 0).others == 0u);
}

BOOST_AUTO_TEST_CASE(due_entries_come_out_in_the_order_of_their_deadlines) {
  cache_shard shard;
  std::mt19937 random(1);
  for (slot_id slot = 0; slot < 500; ++slot) {
    (void)shard.insert(entry_of(alice, slot, static_cast<std::int64_t>(random() % 100)));
  }
  BOOST_TEST(shard.take_due(-1).get() == nullptr);
  std::int64_t before = 0;
  std::size_t taken = 0;
  for (; entry_ptr due = shard.take_due(49); ++taken) {
    BOOST_REQUIRE(due->deadline >= before);
    before = due->deadline;
  }
  BOOST_TEST(before == 49);
  BOOST_TEST(shard.next_deadline() == 50);
  BOOST_TEST(chain_length(shard, alice) == 500 - taken);
  while (shard.take_due(99)) ++taken;
  BOOST_TEST(taken == 500u);
  BOOST_TEST(shard.next_deadline() == cache_shard::never);
  BOOST_TEST(shard.first_of(alice, hash) == nullptr);
}

BOOST_AUTO_TEST_CASE(random_operations_match_a_map) {
  using key = std::tuple<int, slot_id>;  // owner, slot
  const owner_view owners[] = {alice, alice_isv, bob, {owner_kind::user, ""}};
  cache_shard shard;
  std::map<key, std::int64_t> model;
  std::mt19937 random(20261122);
  for (int i = 0; i < 100'000; ++i) {
    const int whose = static_cast<int>(random() % 4);
    const auto slot = static_cast<slot_id>(random() % 12);
    const auto known = model.find({whose, slot});
    const auto deadline = static_cast<std::int64_t>(random() % 1000);
    cache_entry* const found = shard.find(owners[whose], hash, slot);
    BOOST_REQUIRE((found != nullptr) == (known != model.end()));
    if (found != nullptr) BOOST_REQUIRE(found->deadline == known->second);
    switch (random() % 4) {
      case 0:
      case 1: {
        const entry_ptr replaced = shard.insert(entry_of(owners[whose], slot, deadline));
        BOOST_REQUIRE((replaced != nullptr) == (known != model.end()));
        model[{whose, slot}] = deadline;
        break;
      }
      case 2:
        if (found == nullptr) break;
        BOOST_REQUIRE(shard.take(found).get() == found);
        model.erase(known);
        break;
      default: {
        const entry_ptr due = shard.take_due(static_cast<std::int64_t>(random() % 300));
        if (!due) break;
        int owner = 0;
        while (!due->belongs_to(owners[owner])) ++owner;
        const auto expected = model.find({owner, due->slot});
        BOOST_REQUIRE(expected != model.end());
        BOOST_REQUIRE(expected->second == due->deadline);
        for (const auto& [known_key, other] : model) BOOST_REQUIRE(other >= due->deadline);
        model.erase(expected);
      }
    }
    std::int64_t earliest = cache_shard::never;
    for (const auto& [known_key, other] : model) earliest = std::min(earliest, other);
    if (shard.next_deadline() != earliest) BOOST_FAIL("next_deadline() is wrong after " << i << " operations");
  }
  std::size_t left = 0;
  for (const owner_view& owner : owners) left += chain_length(shard, owner);
  BOOST_TEST(left == model.size());
}

BOOST_AUTO_TEST_CASE(an_entry_is_wiped_as_a_whole_before_it_is_freed) {
  static constexpr std::string_view name = "owner-6d1f0c9e55aa", sealed = "sealed-b2837fd01c44";
  for (const std::string_view part : {name, sealed}) {
    freed_memory watch(part);
    {
      cache_shard shard;
      (void)shard.insert(entry_of({owner_kind::user, name}, 1, 10, sealed));
      (void)shard.insert(entry_of({owner_kind::user, name}, 2, 20, sealed));
      (void)shard.insert(entry_of({owner_kind::user, name}, 3, 30, sealed));
      (void)shard.insert(entry_of({owner_kind::user, name}, 1, 11, sealed));  // replaced
      (void)shard.take(shard.find({owner_kind::user, name}, hash, 2));        // removed
      (void)shard.take_due(11);                                               // expired
    }                                                                         // and the end
    watch.stop();
    BOOST_TEST(watch.blocks() >= 4u);
    BOOST_TEST(watch.found() == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cache_shard_test
