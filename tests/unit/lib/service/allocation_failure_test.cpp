// S13: whichever allocation of a call fails, nothing is half done, and the next call works.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "freed_memory.hpp"
#include "memory_map.hpp"
#include "seal/sealed_record.hpp"
#include "service_fixture.hpp"
#include "skipped.hpp"

namespace allocation_failure_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

constexpr std::size_t more_than_any_call_makes = 10'000;

// Runs `call` with the 1st, 2nd, 3rd … allocation failing until none fails any more, and `check` after each failure.
// Returns how many could fail.
template <class Call, class Check>
std::size_t fail_each(Call call, Check check) {
  for (std::size_t n = 1; n < more_than_any_call_makes; ++n) {
    bool threw = false;
    bool happened = false;
    {
      const failing_allocation failing(n);
      try {
        call();
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      happened = failing.happened();
    }
    if (!happened) return n - 1;
    BOOST_TEST_CONTEXT("allocation " << n) {
      BOOST_TEST(threw);
      check();
    }
  }
  BOOST_FAIL("it never ends");
  return 0;
}

// A value as a record has it, behind twice its size: a request's own copy is not meant. Searched for backwards, so that
// the text that is searched for is not found.
std::size_t records_in_memory(std::string_view reversed_value) {
  std::string wanted(reversed_value);
  wanted += static_cast<char>(reversed_value.size() * 2);
  std::size_t found = 0;
  for (const memory_region& region : memory_regions()) {
    if (!region.permissions.starts_with("rw")) continue;
    const char* const end = reinterpret_cast<const char*>(region.end);
    const auto next = [&](const char* from) { return std::search(from, end, wanted.rbegin(), wanted.rend()); };
    for (const char* at = next(reinterpret_cast<const char*>(region.begin)); at != end; at = next(at + 1)) ++found;
  }
  return found;
}

constexpr const char* before = "PAIR@North A_ID=OLD(cache) A_SECRET=old(cache)";

struct cached_fixture : service_fixture {
  cached_fixture() {
    BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "OLD"}, {"A_SECRET", "old"}}));
    BOOST_REQUIRE(resolve(asking()) == before);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(allocation_failure, cached_fixture)

BOOST_AUTO_TEST_CASE(an_update_that_fails_leaves_the_old_credential) {
  const add_request update{
      alpha_key("PAIR"), secret::copy_of("a description"), given({{"A_ID", "NEW"}, {"A_SECRET", "new"}}), {}, {}};
  const std::size_t bytes = cache->bytes();
  const std::size_t failures = fail_each([&] { (void)service.add(alice, update, at()); },
                                         [&] {
                                           BOOST_TEST(resolve(asking()) == before);
                                           BOOST_TEST(cache->entries() == 1U);
                                           BOOST_TEST(cache->bytes() == bytes);
                                         });
  BOOST_TEST(failures > 3U);
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=NEW(cache) A_SECRET=new(cache)");
}

BOOST_AUTO_TEST_CASE(an_add_that_fails_adds_nothing) {
  const owner bob{owner_kind::user, "bob, whose name is too long for a small string"};
  const add_request fresh{alpha_key("PAIR"), {}, given({{"A_ID", "NEW"}, {"A_SECRET", "new"}}), {}, {}};
  const std::size_t failures = fail_each([&] { (void)service.add(bob, fresh, at()); },
                                         [&] {
                                           BOOST_TEST(cache->entries() == 1U);
                                           BOOST_TEST(resolve(asking()) == before);
                                         });
  BOOST_TEST(failures > 3U);
  BOOST_TEST(cache->entries() == 2U);
}

BOOST_AUTO_TEST_CASE(an_add_that_fails_leaves_no_joined_record) {
  if (skipped_when_sanitized("an_add_that_fails_leaves_no_joined_record", "it reads all memory")) return;
  const add_request fresh{alpha_key("PAIR"), {}, given({{"A_ID", "NEW"}, {"A_SECRET", "found7Q2zK9anywhere"}}), {}, {}};
  constexpr std::string_view reversed = "erehwyna9Kz2Q7dnuof";
  {
    secret_buffer control;
    record_writer(control, "").append(0, {false, fresh.variables[1].value.reveal()});
    BOOST_TEST(records_in_memory(reversed) == 1U);
  }
  (void)fail_each([&] { (void)service.add(alice, fresh, at()); },
                  [&] { BOOST_TEST(records_in_memory(reversed) == 0U); });
  (void)fail_each([&] { (void)service.list(alice, at()); }, [&] { BOOST_TEST(records_in_memory(reversed) == 0U); });
  BOOST_TEST(records_in_memory(reversed) == 0U);
}

BOOST_AUTO_TEST_CASE(a_removal_that_fails_removes_nothing) {
  BOOST_REQUIRE(add(alpha_key("TOKEN"), {{"A_TOKEN", "t"}}));
  BOOST_REQUIRE(add(alpha_key("KEY"), {{"A_KEY", "k"}}));
  const std::size_t failures =
      fail_each([&] { (void)service.remove_all(alice, at()); }, [&] { BOOST_TEST(cache->entries() == 3U); });
  BOOST_TEST(failures > 3U);
  BOOST_TEST(cache->entries() == 0U);
}

BOOST_AUTO_TEST_CASE(reads_that_fail_change_nothing_and_leave_no_value) {
  resolution out;
  const auto works = [&] {
    out.clear();
    BOOST_TEST(resolve(asking()) == before);
  };
  (void)fail_each([&] { (void)service.resolve(alice, asking(), at(), out); }, works);
  BOOST_TEST(fail_each([&] { (void)service.list(alice, at()); }, works) > 3U);
  BOOST_TEST(fail_each([&] { (void)service.explain(alice, asking(), at()); }, works) > 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace allocation_failure_test
