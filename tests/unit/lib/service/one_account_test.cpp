// A credential is one account's: variables that go together come from one source, and of alternatives one is enough.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "service_fixture.hpp"

namespace one_account_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

using lines = std::vector<std::string>;

/// KEY: a key pair with its token, and a region that is joined by itself. LOGIN: a user by name or by id, and a domain
/// that only the name needs.
constexpr const char* delta = R"(
csp: Delta
constant: DELTA
sites: [default]
credentials:
  - type: variables
    name: KEY
    description: A key pair.
    together: [[D_ID, D_SECRET, D_TOKEN]]
    variables:
      - {name: D_ID, description: The id., aliases: [id, both], exportAs: [D_KEY_ID]}
      - {name: D_SECRET, description: The secret., sensitive: true, aliases: [both], exportAs: [D_KEY_SECRET]}
      - {name: D_TOKEN, description: The token., mandatory: false, sensitive: true, exportAs: [D_KEY_TOKEN]}
      - {name: D_REGION, description: The region., mandatory: false}
  - type: api_key
    name: LOGIN
    description: A user and a password.
    together: [[D_USER, D_USER_ID, D_PASSWORD]]
    oneOf: [[D_USER, D_USER_ID], [D_DOMAIN, D_USER_ID]]
    variables:
      - {name: D_USER, description: The user.}
      - {name: D_PASSWORD, description: The password., sensitive: true}
      - {name: D_DOMAIN, description: The domain.}
      - {name: D_USER_ID, description: The id of the user., mandatory: false}
)";

struct one_account : service_fixture {
  one_account() { configure({delta}); }

  std::string resolve_key(const name_values& deploy = {}) {
    const auto variables = given(deploy);
    resolve_request request = asking("Delta");
    request.deploy_variables = variables;
    request.purpose = purpose::deployment;
    return resolve(request);
  }
  std::string resolve_login() {
    resolve_request request = asking("Delta");
    request.type = credential_type::api_key;
    return resolve(request);
  }
  std::string add_key(const name_values& values) {
    return text_of(add({"Delta", "default", credential_type::variables, "KEY"}, values));
  }
  std::string add_login(const name_values& values) {
    return text_of(add({"Delta", "default", credential_type::api_key, "LOGIN"}, values));
  }
  explained_candidate explained(credential_type type = credential_type::variables) {
    resolve_request request = asking("Delta");
    request.type = type;
    return service.explain(alice, request, at()).value().candidates.at(0);
  }
};

constexpr const char* nothing_cached =
    "credentials_not_found: Nothing is cached for \"alice\", csp Delta, site default; add a credential. | ";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(one_account_each, one_account)

BOOST_AUTO_TEST_CASE(a_pair_of_the_user_does_not_get_the_token_of_the_house) {
  *environment = {{"D_ID", "house"}, {"D_SECRET", "house"}, {"D_TOKEN", "house"}, {"D_REGION", "house"}};
  BOOST_TEST(resolve_key() ==
             "KEY@default D_ID=house(environment) D_SECRET=house(environment) D_TOKEN=house(environment) "
             "D_REGION=house(environment)");
  BOOST_TEST(add_key({{"D_ID", "own"}, {"D_SECRET", "own"}}) == "added");
  BOOST_TEST(resolve_key() == "KEY@default D_ID=own(cache) D_SECRET=own(cache) D_REGION=house(environment)");
  const explained_candidate told = explained();
  BOOST_TEST(told.wins);
  BOOST_TEST((told.variables[2].origin == value_origin::missing));
  BOOST_TEST((told.variables[3].origin == value_origin::environment));
}

BOOST_AUTO_TEST_CASE(add_wants_a_group_whole_or_not_at_all) {
  *environment = {{"D_ID", "house"}, {"D_SECRET", "house"}};
  BOOST_TEST(add_key({{"D_ID", "own"}}) ==
             "variables_not_complete: D_SECRET has to be given together with D_ID: they come from one source.");
  BOOST_TEST(
      add_key({{"D_TOKEN", "own"}}) ==
      "variables_not_complete: D_ID has to be given together with D_TOKEN: they come from one source. | D_SECRET "
      "has to be given together with D_TOKEN: they come from one source.");
  BOOST_TEST(cache->entries() == 0u);
  BOOST_TEST(add_key({{"D_REGION", "own"}}) == "added");
  BOOST_TEST(resolve_key() == "KEY@default D_ID=house(environment) D_SECRET=house(environment) D_REGION=own(cache)");
  environment->erase("D_SECRET");
  BOOST_TEST(add_key({{"D_REGION", "own"}}) ==
             "variables_not_complete: D_SECRET has to come from environment together with D_ID, or both have to be "
             "given.");
  BOOST_TEST(add_key({{"both", "own"}}) == "replaced");
}

BOOST_AUTO_TEST_CASE(the_first_source_that_has_any_of_a_group_gives_all_of_it) {
  *credentials = {{"D_TOKEN", "systemd"}};
  *environment = {{"D_ID", "house"}, {"D_SECRET", "house"}};
  const std::string lacking =
      "KEY in the other sources lacks D_ID (from the same source as D_TOKEN: systemd credential) and D_SECRET (from "
      "the "
      "same source as D_TOKEN: systemd credential).";
  BOOST_TEST(resolve_key() == nothing_cached + lacking);
  const explained_candidate told = explained();
  BOOST_TEST(!told.complete);
  BOOST_TEST(told.reason ==
             "Lacks D_ID (from the same source as D_TOKEN: systemd credential) and D_SECRET (from the same source as "
             "D_TOKEN: systemd credential).");
  BOOST_TEST((told.variables[0].origin == value_origin::missing));
  *credentials = {{"D_ID", "systemd"}, {"D_SECRET", "systemd"}};
  BOOST_TEST(resolve_key() == "KEY@default D_ID=systemd(systemd credential) D_SECRET=systemd(systemd credential)");
}

BOOST_AUTO_TEST_CASE(names_of_one_kind_are_one_account) {
  *environment = {{"D_KEY_ID", "other"}, {"D_KEY_SECRET", "other"}, {"D_KEY_TOKEN", "other"}};
  BOOST_TEST(resolve_key() ==
             "KEY@default D_ID=other(environment) D_SECRET=other(environment) D_TOKEN=other(environment)");
  environment->emplace("D_ID", "own");
  environment->emplace("D_SECRET", "own");
  BOOST_TEST(resolve_key() == "KEY@default D_ID=own(environment) D_SECRET=own(environment)");
  environment->erase("D_ID");
  BOOST_TEST(resolve_key() ==
             nothing_cached + std::string("KEY in the other sources lacks D_ID (from the same source as D_SECRET: "
                                          "environment)."));
}

BOOST_AUTO_TEST_CASE(deploy_variables_are_a_source_like_the_others) {
  BOOST_TEST(add_key({{"D_ID", "own"}, {"D_SECRET", "own"}, {"D_TOKEN", "own"}, {"D_REGION", "own"}}) == "added");
  BOOST_TEST(resolve_key({{"D_REGION", "d"}}) ==
             "KEY@default D_ID=own(cache) D_SECRET=own(cache) D_TOKEN=own(cache) D_REGION=d(deploy variables)");
  BOOST_TEST(resolve_key({{"D_SECRET", "d"}, {"id", "d"}}) ==
             "KEY@default D_ID=d(deploy variables) D_SECRET=d(deploy variables) D_REGION=own(cache)");
  BOOST_TEST(resolve_key({{"D_SECRET", "d"}}) ==
             "variables_not_complete: KEY in the cache lacks D_ID (from the same source as D_SECRET: deploy "
             "variables). | The cached credentials of \"alice\" for Delta are not complete; add the missing variables "
             "to the credential.");
}

BOOST_AUTO_TEST_CASE(a_variable_is_given_once_for_a_deployment) {
  BOOST_TEST(add_key({{"D_ID", "own"}, {"D_SECRET", "own"}}) == "added");
  const std::string twice = "duplicate_variable: Given more than once: D_ID.";
  BOOST_TEST(resolve_key({{"D_ID", "a"}, {"id", "b"}, {"D_SECRET", "c"}}) == twice);
  BOOST_TEST(resolve_key({{"D_ID", "a"}, {"D_KEY_ID", "b"}, {"D_KEY_SECRET", "b"}}) == twice);
  BOOST_TEST(resolve_key({{"id", "a"}, {"D_KEY_ID", "b"}, {"D_SECRET", "c"}}) == twice);
  // An alias of several fills what is left.
  BOOST_TEST(resolve_key({{"D_ID", "a"}, {"both", "b"}, {"nobody's", "c"}, {"id", " "}}) ==
             "KEY@default D_ID=a(deploy variables) D_SECRET=b(deploy variables)");
}

BOOST_AUTO_TEST_CASE(what_was_cached_before_there_were_groups_is_not_completed_from_elsewhere) {
  std::string before = delta;
  before.erase(before.find("    together: [[D_ID"),
               before.find("    variables:") - before.find("    together: [[D_ID"));
  configure({before});
  *environment = {{"D_ID", "house"}, {"D_SECRET", "house"}};
  BOOST_TEST(add_key({{"D_ID", "own"}}) == "added");
  BOOST_TEST(resolve_key() == "KEY@default D_ID=own(cache) D_SECRET=house(environment)");
  configure({delta});
  BOOST_TEST(resolve_key().starts_with(
      "variables_not_complete: KEY in the cache lacks D_SECRET (from the same source as D_ID: cache)."));
}

BOOST_AUTO_TEST_CASE(one_of_the_alternatives_is_enough) {
  BOOST_TEST(add_login({{"D_USER", "u"}, {"D_PASSWORD", "p"}, {"D_DOMAIN", "d"}}) == "added");
  BOOST_TEST(resolve_login() == "LOGIN@default D_USER=u(cache) D_PASSWORD=p(cache) D_DOMAIN=d(cache)");
  BOOST_TEST(add_login({{"D_USER_ID", "i"}, {"D_PASSWORD", "p"}}) == "replaced");
  BOOST_TEST(resolve_login() == "LOGIN@default D_PASSWORD=p(cache) D_USER_ID=i(cache)");
  const explained_candidate told = explained(credential_type::api_key);
  BOOST_TEST(told.wins);
  BOOST_TEST(!told.variables[0].mandatory);  // the id stands for the name
  BOOST_TEST(told.variables[1].mandatory);
  BOOST_TEST(!told.variables[2].mandatory);
  BOOST_TEST(service.catalog().csps()[0].credentials[1].variables[0].mandatory);  // what capabilities show
}

BOOST_AUTO_TEST_CASE(none_of_the_alternatives_is_too_little) {
  BOOST_TEST(add_login({{"D_USER", "u"}, {"D_PASSWORD", "p"}}) ==
             "variables_not_complete: No source has the mandatory variable D_DOMAIN or D_USER_ID of Delta LOGIN; give "
             "it with the credential.");
  BOOST_TEST(add_login({{"D_PASSWORD", "p"}}) ==
             "variables_not_complete: D_USER or D_USER_ID has to be given together with D_PASSWORD: they come from one "
             "source. | No source has the mandatory variable D_DOMAIN or D_USER_ID of Delta LOGIN; give it with the "
             "credential.");
  BOOST_TEST(resolve_login() == std::string(nothing_cached) +
                                    "LOGIN in the other sources lacks D_USER or D_USER_ID, D_PASSWORD and D_DOMAIN or "
                                    "D_USER_ID.");
  BOOST_TEST(explained(credential_type::api_key).variables[0].mandatory);
  BOOST_TEST(explained(credential_type::api_key).reason ==
             "Lacks D_USER or D_USER_ID, D_PASSWORD and D_DOMAIN or D_USER_ID.");
}

BOOST_AUTO_TEST_CASE(an_alternative_of_the_house_does_not_stand_beside_that_of_the_user) {
  *environment = {{"D_USER_ID", "house"}, {"D_PASSWORD", "house"}, {"D_DOMAIN", "house"}};
  BOOST_TEST(resolve_login() ==
             "LOGIN@default D_PASSWORD=house(environment) D_DOMAIN=house(environment) D_USER_ID=house(environment)");
  BOOST_TEST(add_login({{"D_USER", "u"}, {"D_PASSWORD", "p"}}) == "added");
  BOOST_TEST(resolve_login() == "LOGIN@default D_USER=u(cache) D_PASSWORD=p(cache) D_DOMAIN=house(environment)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace one_account_test
