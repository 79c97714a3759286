// credential_service::add: what is stored, and every way in which it is refused.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "freed_memory.hpp"
#include "service_fixture.hpp"

namespace add_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

const name_values pair{{"A_ID", "AB"}, {"A_SECRET", "xyz"}};

// A value that must not appear in any refusal.
constexpr const char* marker = "marker-value-41d7";

struct refusal_case {
  const char* title;
  credential_key key;
  name_values values;
  const char* refused;
};
std::ostream& operator<<(std::ostream& out, const refusal_case& c) {
  return out << c.title;
}

constexpr auto of_variables = credential_type::variables;
const refusal_case refusals[] = {
    {"unknown csp",
     {"Delta", "North", of_variables, "PAIR"},
     pair,
     "unknown_csp: There is no csp \"Delta\"; expected one of Alpha, Beta and Gamma."},
    {"another type",
     {"Alpha", "North", credential_type::oauth2, "PAIR"},
     pair,
     "capability_not_found: Alpha has no credential of type oauth2 named \"PAIR\"; it has variables/PAIR, "
     "variables/TOKEN and api_key/KEY."},
    {"another name",
     {"Alpha", "North", of_variables, "pair"},
     pair,
     "capability_not_found: Alpha has no credential of type variables named \"pair\"; it has variables/PAIR, "
     "variables/TOKEN and api_key/KEY. Did you mean PAIR?"},
    {"another site",
     {"Alpha", "north", of_variables, "PAIR"},
     pair,
     "capability_not_found: Alpha has no site \"north\"; its sites are North and South. Did you mean North?"},
    {"unknown variables, all of them",
     alpha_key("PAIR"),
     {{"A_ID", marker}, {"a_secret", marker}, {"X", marker}},
     "unknown_variable: Alpha PAIR does not know \"a_secret\" and \"X\"; its variables are A_ID (id), A_SECRET "
     "(secret) and "
     "A_REGION. Did you mean A_SECRET?"},
    {"one variable twice",
     alpha_key("PAIR"),
     {{"A_ID", marker}, {"A_ID", marker}, {"A_SECRET", "x"}, {"A_SECRET", "y"}},
     "duplicate_variable: Given more than once: A_ID and A_SECRET."},
    {"one alias twice",
     alpha_key("PAIR"),
     {{"id", "AB"}, {"id", "AB"}},
     "duplicate_variable: Given more than once: A_ID."},
    {"a name and its alias",
     alpha_key("PAIR"),
     {{"A_ID", "AB"}, {"id", "CD"}, {"A_SECRET", "x"}},
     "duplicate_variable: Given more than once: A_ID."},
    {"nothing given",
     alpha_key("PAIR"),
     {},
     "variables_not_complete: No source has the mandatory variables A_ID and A_SECRET of Alpha PAIR; give them "
     "with the credential."},
    {"a blank mandatory variable",
     alpha_key("PAIR"),
     {{"A_ID", "AB"}, {"A_SECRET", " \t"}},
     "variables_not_complete: No source has the mandatory variable A_SECRET of Alpha PAIR; give it with the "
     "credential."},
    {"a pattern",
     alpha_key("PAIR"),
     {{"A_ID", marker}, {"A_SECRET", marker}},
     "invalid_value: A_ID found text of another form, expected the whole value to match [A-Z0-9]{2,40}"},
    {"wrong and missing at once",
     alpha_key("PAIR"),
     {{"A_ID", marker}},
     "invalid_value: A_ID found text of another form, expected the whole value to match [A-Z0-9]{2,40} | No source has "
     "the mandatory "
     "variable A_SECRET of Alpha PAIR; give it with the credential."},
    {"not the JSON that is asked for",
     {"Gamma", "default", of_variables, "KEY_FILE"},
     {{"G_KEY", marker}},
     "invalid_value: G_KEY found something else, expected a JSON object"},
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(adding, service_fixture)

BOOST_DATA_TEST_CASE_F(service_fixture, refusals_name_everything_and_show_nothing, data::make(refusals), c) {
  BOOST_REQUIRE(add(alpha_key("PAIR"), pair));
  const std::string text = text_of(add(c.key, c.values));
  BOOST_TEST(text == c.refused);
  BOOST_TEST(text.find(marker) == std::string::npos);
  BOOST_TEST(cache->entries() == 1u);  // what was cached before is untouched
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=xyz(cache)");
}

BOOST_AUTO_TEST_CASE(a_csp_that_is_not_active_says_what_is_missing) {
  environment->clear();
  configure({alpha, beta});
  const credential_key nowhere{"Beta", "nowhere", credential_type::oauth2, "NOTHING"};  // comes before these
  BOOST_TEST(text_of(add(nowhere, {})) ==
             "csp_not_active: Beta is not active: no value source has BETA_URL and BETA_ZONE.");
}

BOOST_AUTO_TEST_CASE(an_added_credential_is_resolved_and_replaced) {
  BOOST_TEST(text_of(add(alpha_key("PAIR"), pair)) == "added");
  BOOST_TEST(text_of(add(alpha_key("PAIR"), {{"A_ID", "CD"}, {"A_SECRET", "new"}, {"A_REGION", "r"}})) == "replaced");
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=CD(cache) A_SECRET=new(cache) A_REGION=r(cache)");
  BOOST_TEST(text_of(add(alpha_key("PAIR"), pair)) == "replaced");  // the region is gone again
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=xyz(cache)");
}

BOOST_AUTO_TEST_CASE(a_csp_is_found_in_any_spelling_and_kept_in_its_own) {
  for (const char* spelling : {"alpha", "ALPHA", "aLpHa"}) {
    BOOST_TEST(add({spelling, "North", credential_type::variables, "PAIR"}, pair).has_value());
  }
  const auto list = service.list(alice, at()).value();
  BOOST_REQUIRE(list.size() == 1u);
  BOOST_TEST(list[0].key.csp == "Alpha");
}

BOOST_AUTO_TEST_CASE(values_are_stored_under_the_name_of_the_definition) {
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"secret", "xyz"}, {"id", "AB"}}));
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=xyz(cache)");
}

BOOST_AUTO_TEST_CASE(names_that_are_handed_out_are_taken) {
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"secret", "xyz"}, {"A_AREA", "r"}}));
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=xyz(cache) A_REGION=r(cache)");
  BOOST_TEST(text_of(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", "s"}, {"A_AREA", "r"}, {"A_REGION", "r"}})) ==
             "duplicate_variable: Given more than once: A_REGION.");
}

BOOST_AUTO_TEST_CASE(a_blank_value_beside_another_one_is_not_given_twice) {
  for (const name_values& values : {name_values{{"A_ID", ""}, {"id", "AB"}, {"A_SECRET", "xyz"}},
                                    name_values{{"id", " "}, {"A_ID", "AB"}, {"secret", "xyz"}, {"A_SECRET", "\t"}}}) {
    BOOST_TEST(add(alpha_key("PAIR"), values).has_value());
    BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=xyz(cache)");
  }
  const credential_key account{"Beta", "default", credential_type::variables, "ACCOUNT"};
  BOOST_TEST(text_of(add(account, {{"B_USER_DOMAIN", "u"}, {"domain", " "}, {"B_PROJECT_DOMAIN", "p"}})) == "added");
  BOOST_TEST(text_of(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", "x"}, {"a_region", ""}})) ==
             "unknown_variable: Alpha PAIR does not know \"a_region\"; its variables are A_ID (id), A_SECRET (secret) "
             "and A_REGION. "
             "Did you mean "
             "A_REGION?");
}

BOOST_AUTO_TEST_CASE(an_alias_of_two_variables_fills_both_and_gives_way_to_a_name) {
  const credential_key account{"Beta", "default", credential_type::variables, "ACCOUNT"};
  BOOST_REQUIRE(add(account, {{"domain", "d"}}));
  BOOST_TEST(resolve(asking("Beta")) ==
             "ACCOUNT@default B_USER_DOMAIN=d(cache) B_PROJECT_DOMAIN=d(cache) "
             "B_AUTH_URL=https://b(environment)");
  BOOST_REQUIRE(add(account, {{"B_USER_DOMAIN", "u"}, {"domain", "d"}}));
  BOOST_TEST(resolve(asking("Beta")) ==
             "ACCOUNT@default B_USER_DOMAIN=u(cache) B_PROJECT_DOMAIN=d(cache) "
             "B_AUTH_URL=https://b(environment)");
  BOOST_TEST(text_of(add(account, {{"B_USER_DOMAIN", "u"}, {"domain", "d"}, {"B_PROJECT_DOMAIN", "p"}})) ==
             "duplicate_variable: Given more than once: B_USER_DOMAIN and B_PROJECT_DOMAIN.");
}

BOOST_AUTO_TEST_CASE(a_mandatory_variable_may_come_from_another_source) {
  environment->emplace("A_SECRET", "from outside");
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}}));
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=from outside(environment)");
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", " "}}));  // blank: the same
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=from outside(environment)");
}

BOOST_AUTO_TEST_CASE(a_json_value_fills_what_nobody_else_does) {
  const credential_key file{"Gamma", "default", credential_type::variables, "KEY_FILE"};
  const char* const json = R"({"type":"account","email":"e","project_id":"of the key"})";
  const std::string key_text = std::string("KEY_FILE@default G_KEY=") + json + "(cache) ";
  BOOST_REQUIRE(add(file, {{"G_KEY", json}}));
  BOOST_TEST(resolve(asking("Gamma")) == key_text + "G_PROJECT=of the key(cache)");
  environment->emplace("G_PROJECT", "of the environment");
  BOOST_TEST(resolve(asking("Gamma")) == key_text + "G_PROJECT=of the environment(environment)");
  BOOST_REQUIRE(add(file, {{"G_KEY", json}, {"G_PROJECT", "of the caller"}}));
  BOOST_TEST(resolve(asking("Gamma")) == key_text + "G_PROJECT=of the caller(cache)");
  // A key without the member leaves the optional variable out.
  environment->erase("G_PROJECT");
  BOOST_REQUIRE(add(file, {{"G_KEY", R"({"type":"account","email":"e"})"}}));
  BOOST_TEST(resolve(asking("Gamma")) == R"(KEY_FILE@default G_KEY={"type":"account","email":"e"}(cache))");
}

BOOST_AUTO_TEST_CASE(sizes_are_bounded) {
  const std::string longest(65'535, 'x'), longer(65'536, 'x');
  BOOST_REQUIRE(add(alpha_key("TOKEN"), {{"A_TOKEN", longest.c_str()}}));
  BOOST_TEST(resolve(asking()) == "TOKEN@North A_TOKEN=" + longest + "(cache)");
  BOOST_TEST(text_of(add(alpha_key("TOKEN"), {{"A_TOKEN", longer.c_str()}})) ==
             "invalid_value: A_TOKEN is longer than 65,535 bytes.");
  add_request request{alpha_key("TOKEN"), secret::copy_of(longest), given({{"A_TOKEN", "t"}}), {}, {}};
  BOOST_REQUIRE(service.add(alice, request, at()));
  BOOST_TEST(resolve(asking()) == "TOKEN@North A_TOKEN=t(cache)");
  request.description = secret::copy_of(longer);
  BOOST_TEST(text_of(service.add(alice, request, at())) == "invalid_value: description is longer than 65,535 bytes.");
}

BOOST_AUTO_TEST_CASE(full_owners_and_full_caches_are_told_apart) {
  cache_limits limits;
  limits.entries = 3;
  limits.entries_per_owner = 2;
  service_fixture small(limits);
  BOOST_REQUIRE(small.add(alpha_key("TOKEN"), {{"A_TOKEN", "t"}}));
  BOOST_REQUIRE(small.add(alpha_key("KEY"), {{"A_KEY", "k"}}));
  BOOST_TEST(
      text_of(small.add(alpha_key("PAIR"), pair)) ==
      "owner_full: The owner \"alice\" has 2 cached credentials, as many as one owner may have. Remove one first.");
  BOOST_TEST(text_of(small.add(alpha_key("KEY"), {{"A_KEY", "new"}})) == "replaced");
  small.alice.kind = owner_kind::isv;
  BOOST_REQUIRE(small.add(alpha_key("KEY"), {{"A_KEY", "k"}}));
  BOOST_TEST(text_of(small.add(alpha_key("PAIR"), pair)) ==
             "cache_full: The cache is full; nothing was stored. Try again when credentials have expired.");
  BOOST_TEST(small.cache->entries() == 3u);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_value_stays_in_freed_memory) {
  static constexpr const char* value = "MARKER7F20AD91C4E3";  // fits the pattern of A_ID
  static constexpr const char* json =
      R"({"type":"account","email":"MARKER7F20AD91C4E3","project_id":"MARKER7F20AD91C4E3"})";
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", "s"}}));  // buffers have their first blocks
  bool right = true;
  freed_memory watch(value);
  {
    const name_values both{{"A_ID", value}, {"A_SECRET", value}};
    right = right && add(alpha_key("PAIR"), both).has_value();
    right = right && add({"Gamma", "default", credential_type::variables, "KEY_FILE"}, {{"G_KEY", json}}).has_value();
    right = right && add(alpha_key("PAIR"), {{"A_ID", "bad"}, {"A_SECRET", value}}).has_error();
    for (const char* csp : {"Alpha", "Gamma"}) {
      resolution out;
      resolve_request request = asking(csp);
      const auto deploy = given(both);
      right = right && service.resolve(alice, request, at(), out).has_value();
      request.deploy_variables = deploy;
      request.purpose = purpose::deployment;
      right = right && service.resolve(alice, request, at(), out).has_value();
      right = right && service.explain(alice, request, at()).has_value();
    }
    right = right && service.list(alice, at()).value().size() == 2;
    right = right && service.remove_all(alice, at())->size() == 2;
  }
  watch.stop();
  BOOST_TEST(right);
  BOOST_TEST(watch.blocks() > 100u);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(lifetimes, service_fixture)

BOOST_AUTO_TEST_CASE(without_a_wish_it_lives_for_the_standard_time) {
  const auto standard = lifetime_limits{}.standard;
  BOOST_REQUIRE(add(alpha_key("PAIR"), pair));
  BOOST_TEST((service.list(alice, at()).value()[0].deadline == at(standard).boot));
  BOOST_TEST(resolve(asking(), at(standard - 1ns)).starts_with("PAIR@North"));
  BOOST_TEST(resolve(asking(), at(standard)).starts_with("credentials_not_found"));
}

BOOST_AUTO_TEST_CASE(time_to_live_is_positive_and_at_most_the_maximum) {
  service_fixture f({}, {.standard = 60s, .longest = 100s});
  const auto with_life = [&](std::chrono::seconds life) { return text_of(f.add(alpha_key("PAIR"), pair, at(), life)); };
  const std::string not_positive = "invalid_lifetime: The time to live is not positive; expected at least 1 second.";
  const std::string too_long = "invalid_lifetime: The time to live is longer than the maximum of 1 min 40 s.";
  BOOST_TEST(with_life(0s) == not_positive);
  BOOST_TEST(with_life(-1s) == not_positive);
  BOOST_TEST(with_life(std::chrono::seconds::min()) == not_positive);
  BOOST_TEST(with_life(101s) == too_long);
  BOOST_TEST(with_life(std::chrono::seconds::max()) == too_long);
  BOOST_TEST(f.cache->entries() == 0u);
  BOOST_TEST(with_life(1s) == "added");
  BOOST_TEST((f.service.list(f.alice, at()).value()[0].deadline == at(1s).boot));
  BOOST_TEST(with_life(100s) == "replaced");
  BOOST_TEST((f.service.list(f.alice, at()).value()[0].time_to_live == 100s));
  BOOST_TEST(text_of(f.add(alpha_key("PAIR"), pair)) == "replaced");
  BOOST_TEST((f.service.list(f.alice, at()).value()[0].time_to_live == 60s));
}

BOOST_AUTO_TEST_CASE(expires_at_is_a_deadline_from_when_it_arrives) {
  service_fixture f({}, {.standard = 60s, .longest = 100s});
  const instant now = at(5s);
  const auto until = [&](wall_time when) {
    return text_of(f.service.add(f.alice, {alpha_key("PAIR"), {}, given(pair), {}, when}, now));
  };
  const std::string past = "invalid_lifetime: The time of expiry is over; expected one to come.";
  const std::string too_far = "invalid_lifetime: The time of expiry is further away than the maximum of 1 min 40 s.";
  BOOST_TEST(until(now.wall) == past);
  BOOST_TEST(until(now.wall - 1s) == past);
  BOOST_TEST(until(wall_time{}) == past);
  BOOST_TEST(until(now.wall + 100s + 1ms) == too_far);
  BOOST_TEST(until(wall_time{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}}) == too_far);
  BOOST_TEST(until(now.wall + 100s) == "added");
  BOOST_TEST(until(now.wall + 1500ms) == "replaced");
  const auto list = f.service.list(f.alice, now).value();
  BOOST_TEST((list[0].deadline == now.boot + 1500ms));
  BOOST_TEST((list[0].time_to_live == 2s));
  BOOST_TEST((now.wall_of(list[0].deadline) == now.wall + 1500ms));
}

BOOST_AUTO_TEST_CASE(replacing_gives_a_new_deadline_and_reading_does_not) {
  BOOST_REQUIRE(add(alpha_key("PAIR"), pair, at(), 100s));
  for (auto now = 0s; now < 100s; now += 9s) BOOST_TEST(resolve(asking(), at(now)).starts_with("PAIR@North"));
  BOOST_TEST(resolve(asking(), at(100s)).starts_with("credentials_not_found"));
  BOOST_REQUIRE(add(alpha_key("PAIR"), pair, at(), 100s));
  BOOST_REQUIRE(add(alpha_key("PAIR"), pair, at(90s), 100s));
  BOOST_TEST(resolve(asking(), at(189s)).starts_with("PAIR@North"));
  BOOST_REQUIRE(add(alpha_key("PAIR"), pair, at(90s), 5s));  // also an earlier one
  BOOST_TEST(resolve(asking(), at(95s)).starts_with("credentials_not_found"));
}

BOOST_AUTO_TEST_CASE(what_is_to_be_new_replaces_nothing_that_lives) {
  const auto add_new = [&](const credential_key& of, std::chrono::seconds now) {
    return text_of(
        service.add(alice, {.key = of, .variables = given(pair), .time_to_live = 60s, .only_new = true}, at(now)));
  };
  BOOST_TEST(add_new(alpha_key("PAIR"), 0s) == "added");
  BOOST_TEST(add_new(alpha_key("PAIR"), 59s) ==
             "already_cached: \"alice\" has a credential PAIR of Alpha for site North already, which stays as it is.");
  BOOST_TEST((service.list(alice, at(59s)).value()[0].deadline == at(60s).boot));
  BOOST_TEST(add_new(alpha_key("PAIR", "South"), 59s) == "added");
  BOOST_TEST(add_new(alpha_key("PAIR"), 60s) == "added");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace add_test
