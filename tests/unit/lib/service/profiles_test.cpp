// Several accounts of one csp: the profile is part of a credential's key, and who names none gets the first of them.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "cache/entry_store.hpp"
#include "service_fixture.hpp"

namespace profiles_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

const name_values pair{{"A_ID", "AB"}, {"A_SECRET", "xyz"}};

struct accounts : service_fixture {
  std::string add_pair(const std::string& profile, const char* id, instant now = at()) {
    return text_of(add(alpha_key("PAIR", "North", profile), {{"A_ID", id}, {"A_SECRET", "s"}}, now));
  }
  std::string resolve_as(std::optional<std::string_view> profile, instant now = at()) {
    resolve_request request = asking();
    request.profile = profile;
    return resolve(request, now);
  }
  /// "PAIR/prod: reason" of each candidate, with a * in front of the one that wins.
  std::vector<std::string> explain_as(std::optional<std::string_view> profile, several choice = several::first) {
    resolve_request request = asking();
    request.profile = profile;
    request.several = choice;
    std::vector<std::string> all;
    const auto explained = service.explain(alice, request, at());
    for (const explained_candidate& c : explained.value().candidates)
      all.push_back((c.wins ? "*" : "") + c.definition->name + "/" + c.profile + ": " + c.reason);
    return all;
  }
};

using lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(profiles, accounts)

BOOST_AUTO_TEST_CASE(two_accounts_stay_apart_and_each_is_handed_out_by_its_profile) {
  BOOST_TEST(add_pair("dev", "DD") == "added");
  BOOST_TEST(add_pair("prod", "PP") == "added");
  BOOST_TEST(add_pair("prod", "QQ") == "replaced");
  BOOST_TEST(resolve_as("prod") == "PAIR@North/prod A_ID=QQ(cache) A_SECRET=s(cache)");
  BOOST_TEST(resolve_as("dev") == "PAIR@North/dev A_ID=DD(cache) A_SECRET=s(cache)");
  BOOST_TEST(
      resolve_as("") ==
      "credentials_not_found: Nothing is cached for \"alice\", csp Alpha, site North; add a credential. | PAIR in "
      "the other sources lacks A_ID and A_SECRET. | TOKEN in the other sources lacks A_TOKEN. | Of Alpha there are "
      "\"dev\" and \"prod\".");
  BOOST_TEST(resolve_as("Prod") ==
             "credentials_not_found: Nothing is cached for \"alice\", csp Alpha, site North, profile \"Prod\"; add a "
             "credential. | Of Alpha there are \"dev\" and \"prod\".");
  BOOST_TEST(cache->entries() == 2u);
}

BOOST_AUTO_TEST_CASE(without_a_profile_the_one_without_comes_first_else_the_one_added_first) {
  BOOST_TEST(add_pair("prod", "PP") == "added");
  BOOST_TEST(add_pair("dev", "DD") == "added");
  BOOST_TEST(resolve_as({}) == "PAIR@North/prod[dev] A_ID=PP(cache) A_SECRET=s(cache)");
  BOOST_TEST(add_pair("prod", "QQ", at(1s)) == "replaced");  // whoever renews an account does not lose its place
  BOOST_TEST(resolve_as({}, at(1s)) == "PAIR@North/prod[dev] A_ID=QQ(cache) A_SECRET=s(cache)");
  BOOST_TEST(add_pair("", "NN", at(1s)) == "added");
  BOOST_TEST(resolve_as({}, at(1s)) == "PAIR@North[prod and dev] A_ID=NN(cache) A_SECRET=s(cache)");
  BOOST_TEST(resolve_as("", at(1s)) == "PAIR@North A_ID=NN(cache) A_SECRET=s(cache)");
  BOOST_REQUIRE(service.remove(alice, removal{.profile = ""}, at(1s)));
  BOOST_REQUIRE(service.remove(alice, removal{.profile = "prod"}, at(1s)));
  BOOST_TEST(resolve_as({}, at(1s)) == "PAIR@North/dev A_ID=DD(cache) A_SECRET=s(cache)");
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_profile_that_was_chosen) {
  BOOST_TEST(add_pair("dev", "DD") == "added");
  BOOST_TEST(add_pair("production", "PP") == "added");
  resolve_request request = asking();
  request.min_ttl = 2h;
  BOOST_TEST(
      resolve(request).starts_with("expires_too_soon: The credential PAIR of Alpha, profile \"dev\" expires in "));
}

// Definitions of another type or site do not make a choice.
BOOST_AUTO_TEST_CASE(others_are_those_that_the_request_may_mean) {
  BOOST_TEST(add_pair("", "NN") == "added");
  BOOST_REQUIRE(add(alpha_key("PAIR", "South", "south"), pair));
  BOOST_REQUIRE(add(alpha_key("KEY", "North", "key"), {{"A_KEY", "k"}}));
  BOOST_TEST(resolve_as({}) == "PAIR@North A_ID=NN(cache) A_SECRET=s(cache)");
  BOOST_REQUIRE(add(alpha_key("TOKEN", "North", "token"), {{"A_TOKEN", "t"}}));
  BOOST_TEST(resolve_as({}) == "PAIR@North[token] A_ID=NN(cache) A_SECRET=s(cache)");
  resolve_request named = asking();
  named.name = "PAIR";
  BOOST_TEST(resolve(named) == "PAIR@North A_ID=NN(cache) A_SECRET=s(cache)");
  named.name = "TOKEN";
  BOOST_TEST(resolve(named) == "TOKEN@North/token A_TOKEN=t(cache)");
}

BOOST_AUTO_TEST_CASE(whoever_wants_no_choice_made_is_told_what_there_is) {
  BOOST_TEST(add_pair("dev", "DD") == "added");
  resolve_request request = asking();
  request.several = several::refuse;
  BOOST_TEST(resolve(request) == "PAIR@North/dev A_ID=DD(cache) A_SECRET=s(cache)");
  BOOST_TEST(add_pair("", "NN") == "added");
  const std::string refused =
      "several_found: Several credentials are cached for \"alice\", csp Alpha, site North: the one without a profile "
      "and "
      "\"dev\". Say which one is meant.";
  BOOST_TEST(resolve(request) == refused);
  BOOST_TEST(
      explain_as({}, several::refuse) ==
          (lines{"PAIR/: Cached and complete. Several credentials are cached for \"alice\", csp Alpha, site North: "
                 "the one without a profile and \"dev\". Say which one is meant.",
                 "TOKEN/: Not cached, while another credential of this csp is: the other sources alone would be "
                 "somebody else's account.",
                 "PAIR/dev: Complete, but PAIR comes first."}),
      boost::test_tools::per_element());
  for (const listed_credential& listed : service.list(alice, at()).value()) BOOST_TEST(listed.reads <= 1u);
  request.profile = "dev";
  BOOST_TEST(resolve(request) == "PAIR@North/dev A_ID=DD(cache) A_SECRET=s(cache)");
}

// An account does not take the place of another one unseen, and neither does the environment.
BOOST_AUTO_TEST_CASE(an_account_that_is_not_complete_is_refused_and_not_replaced) {
  (*environment)["A_SECRET"] = "e";
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "NN"}}));
  BOOST_TEST(add_pair("prod", "PP") == "added");
  BOOST_TEST(resolve_as({}) == "PAIR@North[prod] A_ID=NN(cache) A_SECRET=e(environment)");
  environment->clear();
  BOOST_TEST(resolve_as({}).starts_with("variables_not_complete: PAIR in the cache lacks A_SECRET."));
  BOOST_TEST(explain_as({})[2] == "PAIR/prod: Complete, but the one without a profile comes first, and it is not.");
  *environment = {{"A_ID", "EE"}, {"A_SECRET", "e"}};
  BOOST_TEST(
      resolve_as("dev").starts_with("credentials_not_found: Nothing is cached for \"alice\", csp Alpha, site North, "
                                    "profile \"dev\"; add a credential."));
  BOOST_TEST(explain_as("dev")[0] ==
             "PAIR/dev: Nothing is cached, profile \"dev\"; what the other sources have is of no profile.");
}

BOOST_AUTO_TEST_CASE(explain_lists_the_accounts_in_the_order_of_resolve) {
  BOOST_TEST(add_pair("prod", "PP") == "added");
  BOOST_TEST(add_pair("dev", "DD") == "added");
  BOOST_REQUIRE(add(alpha_key("TOKEN", "North", "prod"), {{"A_TOKEN", "t"}}));
  BOOST_TEST(explain_as({}) == (lines{"*PAIR/prod: Cached and complete.", "TOKEN/prod: Complete, but PAIR comes first.",
                                      "PAIR/dev: Complete, but PAIR, profile \"prod\" comes first."}),
             boost::test_tools::per_element());
  BOOST_TEST(
      explain_as("dev") ==
          (lines{"*PAIR/dev: Cached and complete.",
                 "TOKEN/dev: Not cached, while another credential of this csp is: the other sources alone would be "
                 "somebody else's account."}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lists_and_removals_tell_profiles_apart) {
  for (const char* profile : {"prod", "", "dev"}) BOOST_TEST(add_pair(profile, "AB") == "added");
  std::string listed;
  for (const listed_credential& c : service.list(alice, at()).value()) listed += c.key.profile + ";";
  BOOST_TEST(listed == ";prod;dev;");
  BOOST_TEST(service.describe(alice, alpha_key("PAIR", "North", "dev"), at())->key.profile == "dev");
  BOOST_TEST(!service.describe(alice, alpha_key("PAIR", "North", "test"), at()).has_value());
  BOOST_TEST(service.remove_one(alice, alpha_key("PAIR", "North", "dev"), at()).has_value());
  BOOST_TEST(service.remove(alice, removal{.csp = "Alpha", .profile = ""}, at())->size() == 1u);
  BOOST_TEST(service.keys_of(alice, at())->front().profile == "prod");
  BOOST_TEST(service.remove(alice, removal{.csp = "Alpha"}, at())->size() == 1u);
  BOOST_TEST(cache->entries() == 0u);
}

BOOST_DATA_TEST_CASE(a_profile_is_a_name_on_one_line,
                     data::make({std::string("p\nq"), std::string(65, 'x'), std::string(" "), std::string("\xff"),
                                 std::string("a\u202e"
                                             "b")}) ^
                         data::make({"found a control character, expected a name on one line",
                                     "found 65 characters, expected 1 to 64", "found only blanks, expected a name",
                                     "found bytes that are not UTF-8, expected text",
                                     "found a control character, expected a name on one line"}),
                     profile, why) {
  const auto added = add(alpha_key("PAIR", "North", profile), pair);
  BOOST_REQUIRE(!added.has_value());
  BOOST_TEST(added.error().details.front() == std::string("profile ") + why);
  BOOST_TEST(cache->entries() == 0u);
}

BOOST_AUTO_TEST_CASE(the_longest_profile_has_64_characters_of_any_script) {
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "\xf0\x9d\x94\xbe";
  BOOST_TEST(add_pair(longest, "AB") == "added");
  BOOST_TEST(resolve_as(longest) == "PAIR@North/" + longest + " A_ID=AB(cache) A_SECRET=s(cache)");
}

BOOST_AUTO_TEST_CASE(a_profile_dies_alone_and_the_observer_is_told_which) {
  BOOST_REQUIRE(add(alpha_key("PAIR", "North", "prod"), pair, at(), 10s));
  BOOST_REQUIRE(add(alpha_key("PAIR", "North", "dev"), pair, at(), 20s));
  BOOST_TEST(cache->sweep(at(10s).boot, 9) == 1u);
  BOOST_TEST(events->events == lines{"expired alice PAIR/prod"}, boost::test_tools::per_element());
  BOOST_TEST(resolve_as({}, at(10s)) == "PAIR@North/dev A_ID=AB(cache) A_SECRET=xyz(cache)");
}

BOOST_AUTO_TEST_CASE(profiles_travel_and_keep_their_order) {
  for (const char* profile : {"z", "", "a", "m"}) BOOST_TEST(add_pair(profile, "AB") == "added");
  service_fixture other;
  other.service = credential_service(other.cache, key, catalog_of({alpha}), other.sources());
  for (std::size_t shard = 0; shard < credential_cache::shards; ++shard)
    BOOST_TEST(other.service.import_records(service.export_shard(shard, at()).reveal(), at()).refused == 0u);
  resolve_request request = other.asking();
  BOOST_TEST(other.resolve(request) == "PAIR@North[z, a and m] A_ID=AB(cache) A_SECRET=s(cache)");
}

// An entry cannot be moved to another profile.
BOOST_AUTO_TEST_CASE(the_profile_is_authenticated) {
  BOOST_TEST(add_pair("dev", "DD") == "added");
  entry_store& store = cache->store();
  const slot_id slot = *store.find_slot(alpha_key("PAIR"));
  cached_entry entry;
  BOOST_REQUIRE(store.get(alice, {slot, "dev"}, at().boot, entry, false));
  const entry_terms terms{entry.info.deadline, 100s, entry.info.wall_deadline, entry.info.generation, entry.info.names};
  BOOST_REQUIRE(store.take_in(alice, {slot, "prod"}, entry.sealed.reveal(), terms, at().boot) == put_outcome::added);
  BOOST_TEST(resolve_as("prod").starts_with("credentials_not_found: "));
  BOOST_TEST(resolve_as("dev") == "PAIR@North/dev A_ID=DD(cache) A_SECRET=s(cache)");
}

BOOST_AUTO_TEST_CASE(a_definition_fixes_values_of_a_profile) {
  const std::string with_profiles = std::string(alpha) + "profiles: {prod: {A_REGION: eu-1}, dev: {A_REGION: us-1}}\n";
  configure({with_profiles});
  (*environment)["A_REGION"] = "env-1";
  BOOST_TEST(add_pair("prod", "PP") == "added");
  BOOST_TEST(add_pair("", "NN") == "added");
  BOOST_REQUIRE(add(alpha_key("PAIR", "North", "dev"), {{"A_ID", "DD"}, {"A_SECRET", "s"}, {"A_REGION", "own-1"}}));
  BOOST_TEST(resolve_as("prod") == "PAIR@North/prod A_ID=PP(cache) A_SECRET=s(cache) A_REGION=eu-1(definition)");
  BOOST_TEST(resolve_as("") == "PAIR@North A_ID=NN(cache) A_SECRET=s(cache) A_REGION=env-1(environment)");
  BOOST_TEST(resolve_as("dev") == "PAIR@North/dev A_ID=DD(cache) A_SECRET=s(cache) A_REGION=own-1(cache)");
}

BOOST_DATA_TEST_CASE(values_of_a_profile_are_checked_when_the_definition_is_loaded,
                     data::make({"profiles: {prod: {A_SECRET: s}}", "profiles: {prod: {NOTHING: s}}",
                                 "profiles: {prod: {A_ID: lower}}", "profiles: {' ': {A_REGION: x}}",
                                 "profiles: {prod: {}}", "profiles: []"}) ^
                         data::make({"found \"A_SECRET\", which is sensitive, expected variables that are no secret",
                                     "expected the name of a variable of this csp", "expected",
                                     "expected a profile of 1 to 64 characters", "expected a map of texts",
                                     "expected a map of profiles"}),
                     text, expected) {
  BOOST_CHECK_EXCEPTION((void)catalog_of({std::string(alpha) + text + "\n"}), catalog_error, [&](const auto& e) {
    BOOST_TEST_MESSAGE(e.what());
    return std::string_view(e.what()).find(expected) != std::string_view::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace profiles_test
