// "Resolve, exactly", row by row; and explain, which says the same without values.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "service_fixture.hpp"

namespace resolve_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

struct cached_item {
  const char* name;
  name_values values;
  const char* site = "North";
};

/// Alice has `cached` (added at 0 s for 100 s, whatever the sources had then); now is 40 s.
struct resolve_case {
  const char* title;
  std::vector<cached_item> cached;
  name_values credentials, environment;
  const char* answer;
  const char *site = "", *name = "";
  credential_type type = credential_type::variables;
  int min_ttl = 0;
  credcache::purpose purpose = purpose::monitoring;
  name_values deploy = {};
};
std::ostream& operator<<(std::ostream& out, const resolve_case& c) {
  return out << c.title;
}

const name_values pair_c{{"A_ID", "CC"}, {"A_SECRET", "c"}}, pair_e{{"A_ID", "EE"}, {"A_SECRET", "e"}};
const name_values token_c{{"A_TOKEN", "c"}}, token_e{{"A_TOKEN", "e"}};
const name_values all_e{{"A_ID", "EE"}, {"A_SECRET", "e"}, {"A_TOKEN", "e"}};
const cached_item cached_pair{"PAIR", pair_c}, cached_token{"TOKEN", token_c}, half_pair{"PAIR", {{"A_ID", "CC"}}};

constexpr const char* pair_from_cache = "PAIR@North A_ID=CC(cache) A_SECRET=c(cache)";
constexpr const char* token_from_cache = "TOKEN@North A_TOKEN=c(cache)";
constexpr const char* pair_from_environment = "PAIR@North A_ID=EE(environment) A_SECRET=e(environment)";
constexpr const char* nothing =
    "credentials_not_found: Nothing is cached for \"alice\", csp Alpha, site North; add a credential. | PAIR in the "
    "other sources lacks A_ID and A_SECRET. | TOKEN in the other sources lacks A_TOKEN.";
constexpr const char* half =
    "variables_not_complete: PAIR in the cache lacks A_SECRET. | The cached credentials of \"alice\" for Alpha are "
    "not complete; add the missing variables to the credential.";
constexpr const char* too_soon =
    "expires_too_soon: The credential PAIR of Alpha expires in 1 min, 1 min 1 s were asked for. Update it to give it a "
    "new deadline.";

const resolve_case cases[] = {
    // 1. Candidates with a cached entry, in definition order.
    {"cached", {cached_pair}, {}, {}, pair_from_cache},
    {"both cached: the first definition", {cached_token, cached_pair}, {}, {}, pair_from_cache},
    {"the second cached, the first in the environment", {cached_token}, {}, pair_e, token_from_cache},
    {"cached, although everything is in the environment", {cached_pair}, all_e, all_e, pair_from_cache},
    {"half cached, the rest from the environment",
     {half_pair},
     {},
     all_e,
     "PAIR@North A_ID=CC(cache) A_SECRET=e(environment)"},
    {"the first incomplete, the second complete", {half_pair, cached_token}, {}, {}, token_from_cache},
    {"an optional variable joined from elsewhere",
     {cached_pair},
     {{"A_REGION", "r"}},
     {},
     "PAIR@North A_ID=CC(cache) A_SECRET=c(cache) A_REGION=r(systemd credential)"},
    {"the one that is named", {cached_pair, cached_token}, {}, {}, token_from_cache, "", "TOKEN"},
    {"another type",
     {cached_pair, {"KEY", {{"A_KEY", "k"}}}},
     {},
     {},
     "KEY@North A_KEY=k(cache)",
     "",
     "",
     credential_type::api_key},
    {"another site", {cached_pair, {"TOKEN", token_c, "South"}}, {}, {}, "TOKEN@South A_TOKEN=c(cache)", "South"},
    // 2. Some cached, none complete: never the environment instead.
    {"half cached, another one complete in the environment", {half_pair}, {}, token_e, half},
    {"half cached, and only that one is meant", {half_pair}, {}, {}, half, "", "PAIR"},
    {"half cached, but another one is meant",
     {half_pair},
     {},
     token_e,
     "TOKEN@North A_TOKEN=e(environment)",
     "",
     "TOKEN"},
    // 3. Nothing cached: the other sources in definition order.
    {"nothing anywhere", {}, {}, {}, nothing},
    {"everything in the environment", {}, {}, all_e, pair_from_environment},
    {"the second in the environment", {}, {}, token_e, "TOKEN@North A_TOKEN=e(environment)"},
    {"the first one half", {}, {}, {{"A_ID", "EE"}, {"A_TOKEN", "e"}}, "TOKEN@North A_TOKEN=e(environment)"},
    {"one from two sources",
     {},
     {{"A_ID", "SS"}},
     all_e,
     "PAIR@North A_ID=SS(systemd credential) A_SECRET=e(environment)"},
    {"cached at another site only", {{"PAIR", pair_c, "South"}}, {}, pair_e, pair_from_environment},
    {"cached as another type only", {{"KEY", {{"A_KEY", "k"}}}}, {}, {}, nothing},
    // Deploy variables.
    {"deploy variables before the cache",
     {cached_pair},
     {},
     {},
     "PAIR@North A_ID=CC(cache) A_SECRET=d(deploy variables)",
     "",
     "",
     credential_type::variables,
     0,
     purpose::deployment,
     {{"secret", "d"}}},
    {"deploy variables alone",
     {},
     {},
     {},
     "TOKEN@North A_TOKEN=d(deploy variables)",
     "",
     "",
     credential_type::variables,
     0,
     purpose::deployment,
     {{"A_TOKEN", "d"}}},
    {"deploy variables complete what is cached",
     {half_pair},
     {},
     {},
     "PAIR@North A_ID=CC(cache) A_SECRET=d(deploy variables)",
     "",
     "",
     credential_type::variables,
     0,
     purpose::deployment,
     {{"A_SECRET", "d"}}},
    {"for monitoring they do not count",
     {half_pair},
     {},
     {},
     half,
     "",
     "",
     credential_type::variables,
     0,
     purpose::monitoring,
     {{"A_SECRET", "d"}}},
    // 4. Remaining life: 60 seconds.
    {"exactly enough is left", {cached_pair}, {}, {}, pair_from_cache, "", "", credential_type::variables, 60},
    {"too little is left", {cached_pair}, {}, {}, too_soon, "", "", credential_type::variables, 61},
    {"the winner's life counts, no other candidate's",
     {cached_pair, cached_token},
     {},
     {},
     too_soon,
     "",
     "",
     credential_type::variables,
     61},
    {"an environment has no deadline", {}, {}, pair_e, pair_from_environment, "", "", credential_type::variables, 999},
    {"incomplete comes before too soon", {half_pair}, {}, {}, half, "", "", credential_type::variables, 999},
    // What there is not.
    {"no such site",
     {cached_pair},
     {},
     {},
     "capability_not_found: Alpha has no site \"West\"; its sites are North and South.",
     "West"},
    {"no such name",
     {cached_pair},
     {},
     {},
     "capability_not_found: Alpha has no credential of type variables named \"OTHER\"; it has variables/PAIR, "
     "variables/TOKEN and api_key/KEY.",
     "",
     "OTHER"},
    {"no such type",
     {cached_pair},
     {},
     {},
     "capability_not_found: Alpha has no credential of type oauth2; it has variables/PAIR, variables/TOKEN and "
     "api_key/KEY.",
     "",
     "",
     credential_type::oauth2},
};

struct prepared : service_fixture {
  std::vector<given_variable> deploy;
  resolve_request request;

  explicit prepared(const resolve_case& c) {
    // So that halves can be added; the case's own environment comes after.
    *environment = {{"A_ID", "FIRST"}, {"A_SECRET", "first"}, {"A_TOKEN", "first"}};
    for (const cached_item& item : c.cached) {
      BOOST_REQUIRE_EQUAL(text_of(add(alpha_key(item.name, item.site), item.values, at(), 100s)), "added");
    }
    environment->clear();
    for (const auto& [name, value] : c.credentials) credentials->emplace(name, value);
    for (const auto& [name, value] : c.environment) environment->emplace(name, value);
    deploy = given(c.deploy);
    request = asking();
    request.site = c.site;
    request.name = c.name;
    request.type = c.type;
    request.min_ttl = std::chrono::seconds{c.min_ttl};
    request.purpose = c.purpose;
    request.deploy_variables = deploy;
  }
};

std::string text_of(const explained_candidate& c) {
  std::string text =
      c.definition->name + (c.cached ? " cached" : "") + (c.complete ? " complete" : "") + (c.wins ? " WINS" : "");
  for (const auto& v : c.variables) text += " " + v.variable->name + "=" + std::string(to_string(v.origin));
  return text + ": " + c.reason;
}

std::vector<std::string> texts_of(const explanation& e) {
  std::vector<std::string> texts;
  for (const auto& c : e.candidates) texts.push_back(text_of(c));
  return texts;
}

using lines = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(resolving)

BOOST_DATA_TEST_CASE(every_row, data::make(cases), c) {
  prepared f(c);
  BOOST_TEST(f.resolve(f.request, at(40s)) == c.answer);
}

BOOST_DATA_TEST_CASE(explain_says_what_resolve_does_and_counts_no_read, data::make(cases), c) {
  prepared f(c);
  const auto told = f.service.explain(f.alice, f.request, at(40s));
  for (const listed_credential& item : f.service.list(f.alice, at(40s)).value()) BOOST_TEST(item.reads == 0u);
  resolution out;
  const auto done = f.service.resolve(f.alice, f.request, at(40s), out);
  if (!told) {  // only what nobody could explain
    BOOST_REQUIRE(!done);
    BOOST_TEST((told.error().code == error::capability_not_found));
    BOOST_TEST(f.text_of(told.error()) == f.text_of(done.error()));
    return;
  }
  BOOST_TEST(told->error.has_value() == done.has_error());
  if (told->error && done.has_error()) BOOST_TEST(f.text_of(*told->error) == f.text_of(done.error()));
  std::size_t winners = 0;
  for (const explained_candidate& candidate : told->candidates) {
    BOOST_TEST(!candidate.reason.empty());
    BOOST_TEST(candidate.deadline.has_value() == candidate.cached);
    if (!candidate.wins) continue;
    ++winners;
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST((candidate.definition == out.definition()));
    BOOST_TEST((candidate.deadline == out.deadline()));
    for (std::size_t i = 0; i < candidate.variables.size(); ++i) {
      BOOST_TEST((candidate.variables[i].origin == out.variables()[i].origin));
    }
  }
  BOOST_TEST(winners == (done ? 1u : 0u));
}

BOOST_FIXTURE_TEST_CASE(an_answer_has_places_names_and_a_deadline, service_fixture) {
  BOOST_REQUIRE(add(alpha_key("PAIR", "South"), {{"A_ID", "AB"}, {"A_SECRET", "s"}, {"A_REGION", "r"}}, at(), 50s));
  resolve_request request = asking();
  request.site = "South";
  resolution out;
  BOOST_REQUIRE(service.resolve(alice, request, at(), out));
  BOOST_TEST(out.site_index() == 1u);
  BOOST_TEST(out.site() == "South");
  BOOST_TEST((out.deadline() == at(50s).boot));
  BOOST_REQUIRE(out.variables().size() == 3u);
  BOOST_TEST(*out.variables()[2].names == (lines{"A_REGION", "A_AREA"}));
  BOOST_TEST(out.variables()[2].position == 2u);
  out.clear();
  BOOST_TEST(out.empty());
  BOOST_TEST(out.variables().empty());
  BOOST_TEST((out.csp() == nullptr && out.definition() == nullptr && out.site().empty() && !out.deadline()));
  // A failure leaves nothing of the answer before.
  BOOST_REQUIRE(service.resolve(alice, request, at(), out));
  request.min_ttl = 51s;
  const auto refused = service.resolve(alice, request, at(), out);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().remaining == 50s));
  BOOST_TEST(out.empty());
  BOOST_TEST(out.variables().empty());
}

BOOST_FIXTURE_TEST_CASE(what_is_not_handed_out_is_no_read, service_fixture) {
  BOOST_REQUIRE(add(alpha_key("TOKEN"), token_c, at(), 100s));
  environment->emplace("A_SECRET", "e");
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "CC"}}, at(), 100s));
  const auto seen = [&](std::size_t number) { return std::move(service.list(alice, at(50s)).value().at(number)); };
  resolve_request request = asking();
  request.min_ttl = 61s;
  BOOST_TEST(resolve(request, at(40s)).starts_with("expires_too_soon"));
  BOOST_TEST(seen(0).reads == 0u);
  BOOST_TEST(!seen(0).last_read.has_value());
  environment->clear();  // PAIR is not complete any more: TOKEN wins
  BOOST_TEST(resolve(asking(), at(40s)) == token_from_cache);
  BOOST_TEST(seen(0).reads == 0u);
  BOOST_TEST(seen(1).reads == 1u);
  // An answer that its caller could not use after all.
  resolution out;
  BOOST_REQUIRE(service.resolve(alice, asking(), at(45s), out));
  BOOST_TEST(seen(1).reads == 2u);
  service.uncount(alice, out);
  BOOST_TEST(seen(1).reads == 1u);
  BOOST_TEST((seen(1).last_read == at(40s).boot));
  BOOST_TEST(!out.empty());
  service.uncount(alice, resolution());
  environment->emplace("A_KEY", "e");
  request = asking();
  request.type = credential_type::api_key;
  BOOST_REQUIRE(service.resolve(alice, request, at(45s), out));  // nothing of it is cached
  service.uncount(alice, out);
  BOOST_TEST(seen(1).reads == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_fraction_of_a_second_is_not_a_second, service_fixture) {
  BOOST_REQUIRE(add(alpha_key("TOKEN"), token_c, at(), 100s));
  resolve_request request = asking();
  request.min_ttl = 60s;
  BOOST_TEST(resolve(request, at(40s)) == token_from_cache);
  BOOST_TEST(
      resolve(request, at(40s + 1ns)).starts_with("expires_too_soon: The credential TOKEN of Alpha expires in 59 s"));
}

BOOST_FIXTURE_TEST_CASE(at_its_deadline_a_credential_is_not_resolved, service_fixture) {
  BOOST_REQUIRE(add(alpha_key("TOKEN"), token_c, at(), 100s));
  *environment = {{"A_TOKEN", "e"}};
  BOOST_TEST(resolve(asking(), at(100s - 1ns)) == token_from_cache);
  BOOST_TEST(resolve(asking(), at(100s)) == "TOKEN@North A_TOKEN=e(environment)");
}

BOOST_FIXTURE_TEST_CASE(users_and_isvs_of_one_name_never_meet, service_fixture) {
  const owner isv{owner_kind::isv, "alice"}, bob{owner_kind::user, "bob"};
  BOOST_REQUIRE(add(alpha_key("TOKEN"), token_c));
  BOOST_TEST(resolve(asking()) == token_from_cache);
  BOOST_TEST(resolve(isv, asking(), at()).starts_with("credentials_not_found: "));
  BOOST_TEST(resolve(bob, asking(), at()).starts_with("credentials_not_found: "));
  BOOST_REQUIRE(service.add(isv, {alpha_key("TOKEN"), {}, given({{"A_TOKEN", "isv"}}), {}, {}}, at()));
  BOOST_TEST(resolve(asking()) == token_from_cache);
  BOOST_TEST(resolve(isv, asking(), at()) == "TOKEN@North A_TOKEN=isv(cache)");
  BOOST_TEST(service.remove_all(isv, at())->size() == 1u);
  BOOST_TEST(resolve(asking()) == token_from_cache);
}

BOOST_FIXTURE_TEST_CASE(required_names_decide_and_are_handed_out, service_fixture) {
  environment->emplace("B_USER_DOMAIN", "u");
  environment->emplace("B_PROJECT_DOMAIN", "p");
  BOOST_TEST(resolve(asking("Beta")) ==
             "ACCOUNT@default B_USER_DOMAIN=u(environment) B_PROJECT_DOMAIN=p(environment) "
             "B_AUTH_URL=https://b(environment)");
  environment->erase("BETA_ZONE");
  credentials->emplace("BETA_URL", "https://s");
  configure({beta});
  BOOST_TEST(service.missing_requirements(*asking("Beta").csp) == lines{"BETA_ZONE"});
  BOOST_TEST(resolve(asking("Beta")) == "csp_not_active: Beta is not active: no value source has BETA_ZONE.");
  credentials->emplace("BETA_ZONE", "z");  // any source will do
  configure({beta});
  BOOST_TEST(service.missing_requirements(*asking("Beta").csp).empty());
  BOOST_TEST(resolve(asking("Beta")).ends_with("B_AUTH_URL=https://s(systemd credential)"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(explaining, service_fixture)

BOOST_AUTO_TEST_CASE(why_each_candidate_wins_or_does_not) {
  const auto told = [&](resolve_request request = {}) {
    if (request.csp == nullptr) request = asking();
    return service.explain(alice, request, at(40s)).value();
  };
  BOOST_TEST(texts_of(told()) == (lines{"PAIR A_ID=missing A_SECRET=missing A_REGION=missing: Lacks A_ID and A_SECRET.",
                                        "TOKEN A_TOKEN=missing: Lacks A_TOKEN."}));
  *environment = {{"A_ID", "EE"}, {"A_SECRET", "e"}, {"A_TOKEN", "e"}};
  BOOST_TEST(texts_of(told()) == (lines{"PAIR complete WINS A_ID=environment A_SECRET=environment A_REGION=missing: "
                                        "Nothing is cached; complete from the other sources.",
                                        "TOKEN complete A_TOKEN=environment: Complete, but PAIR comes first."}));
  BOOST_REQUIRE(add(alpha_key("TOKEN"), token_c, at(), 100s));
  BOOST_TEST(texts_of(told()) ==
             (lines{"PAIR complete A_ID=environment A_SECRET=environment A_REGION=missing: Not cached, while another "
                    "credential of this csp is: the other sources alone would be somebody else's account.",
                    "TOKEN cached complete WINS A_TOKEN=cache: Cached and complete."}));
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "CC"}}, at(), 100s));
  environment->erase("A_SECRET");
  BOOST_TEST(texts_of(told()) == (lines{"PAIR cached A_ID=cache A_SECRET=missing A_REGION=missing: Lacks A_SECRET.",
                                        "TOKEN cached complete WINS A_TOKEN=cache: Cached and complete."}));
  resolve_request request = asking();
  request.min_ttl = 61s;
  const explanation too_soon = told(request);
  BOOST_TEST(
      texts_of(too_soon)[1] ==
      "TOKEN cached complete A_TOKEN=cache: Cached and complete. The credential TOKEN of Alpha expires in 1 min, "
      "1 min 1 s were asked for. Update it to give it a new deadline.");
  BOOST_TEST((too_soon.error->code == error::expires_too_soon));
  BOOST_TEST((too_soon.candidates[1].deadline == at(100s).boot));
  BOOST_TEST(too_soon.site == "North");
}

BOOST_AUTO_TEST_CASE(a_csp_that_is_not_active_is_explained_as_well) {
  *environment = {{"B_USER_DOMAIN", "u"}, {"B_PROJECT_DOMAIN", "p"}, {"BETA_ZONE", "z"}};
  configure({beta});
  const explanation told = service.explain(alice, asking("Beta"), at()).value();
  BOOST_TEST(!told.active);
  BOOST_TEST(told.missing_requirements == lines{"BETA_URL"});
  BOOST_TEST((told.error->code == error::csp_not_active));
  BOOST_TEST(texts_of(told) == (lines{"ACCOUNT complete B_USER_DOMAIN=environment B_PROJECT_DOMAIN=environment: "
                                      "Complete, but the csp is not active."}));
  resolve_request elsewhere = asking("Beta");
  elsewhere.site = "elsewhere";
  BOOST_TEST((service.explain(alice, elsewhere, at()).error().code == error::capability_not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace resolve_test
