// The cache as the embedding program sees it: figures, the next deadline, the sweep, and an observer that hears of keys.
#include "credcache/credential_cache.hpp"

#include <boost/test/unit_test.hpp>

#include "service_fixture.hpp"

namespace credential_cache_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

/// Overrides one function of three, and writes down the whole key.
class expiry_listener final : public observer {
 public:
  void expired(owner_view owner, credential_key_view key) noexcept override {
    ended.push_back(
        {{owner.kind, std::string(owner.name)},
         {std::string(key.csp), std::string(key.site), key.type, std::string(key.name), std::string(key.profile)}});
  }
  std::vector<std::pair<owner, credential_key>> ended;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(credential_caches)

BOOST_FIXTURE_TEST_CASE(an_embedder_sweeps_and_is_told_which_credentials_ended, service_fixture) {
  const auto listener = std::make_shared<expiry_listener>();
  cache_limits limits;
  limits.entries = 2;
  limits.eviction = eviction_policy::soonest_expiry;
  cache = std::make_shared<credential_cache>(limits, listener);
  configure({alpha});
  BOOST_TEST((cache->next_deadline() == time_point::max()));
  BOOST_REQUIRE(add(alpha_key("TOKEN"), {{"A_TOKEN", "t"}}, at(), 10s));
  BOOST_REQUIRE(add(alpha_key("KEY", "South"), {{"A_KEY", "k"}}, at(), 20s));
  BOOST_TEST(cache->entries() == 2u);
  BOOST_TEST(cache->bytes() > 0u);
  BOOST_TEST(cache->limits().entries == 2u);
  BOOST_TEST((cache->next_deadline() == at(10s).boot));
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", "s"}}, at(), 30s));  // TOKEN gives way, unheard
  BOOST_TEST(listener->ended.empty());
  BOOST_TEST((cache->next_deadline() == at(20s).boot));
  BOOST_TEST(cache->sweep(at(20s - 1ns).boot, 9) == 0u);
  BOOST_TEST(cache->sweep(at(20s).boot, 9) == 1u);
  BOOST_REQUIRE(listener->ended.size() == 1u);
  BOOST_TEST((listener->ended[0].first == alice));
  BOOST_TEST((listener->ended[0].second == alpha_key("KEY", "South")));
  BOOST_TEST(cache->entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_gives_way_is_told_by_its_key, service_fixture) {
  cache_limits limits;
  limits.entries = 1;
  limits.eviction = eviction_policy::soonest_expiry;
  cache = std::make_shared<credential_cache>(limits, events);
  configure({alpha});
  BOOST_REQUIRE(add(alpha_key("TOKEN"), {{"A_TOKEN", "t"}}, at(), 10s));
  BOOST_REQUIRE(add(alpha_key("KEY"), {{"A_KEY", "k"}}, at(), 20s));
  (void)cache->sweep(at(20s).boot, 9);
  BOOST_TEST(events->events == (std::vector<std::string>{"evicted alice TOKEN", "expired alice KEY"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace credential_cache_test
