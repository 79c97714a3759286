// credential_service: the inventory, removal, and another catalog under living entries. add and resolve have their own files.
#include "credcache/credential_service.hpp"

#include <boost/test/unit_test.hpp>

#include "service_fixture.hpp"

namespace credential_service_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

std::vector<std::string> keys_of(const std::vector<credential_key>& keys) {
  std::vector<std::string> texts;
  for (const auto& k : keys) {
    texts.push_back(k.csp + "/" + k.site + "/" + std::string(to_string(k.type)) + "/" + k.name);
  }
  return texts;
}

struct stocked : service_fixture {
  stocked() {
    // In no order at all.
    put({"Gamma", "default", credential_type::variables, "KEY_FILE"}, {{"G_KEY", R"({"type":"account","email":"e"})"}});
    put(alpha_key("KEY", "North"), {{"A_KEY", "k"}});
    put(alpha_key("PAIR", "South"), {{"A_ID", "AB"}, {"A_SECRET", "s"}});
    put({"Beta", "default", credential_type::variables, "ACCOUNT"}, {{"domain", "d"}});
    put(alpha_key("TOKEN", "North"), {{"A_TOKEN", "t"}});
    put(alpha_key("PAIR", "North"), {{"A_ID", "CD"}, {"A_SECRET", "s"}});
  }
  void put(const credential_key& where, const name_values& values) {
    BOOST_REQUIRE_EQUAL(text_of(add(where, values)), "added");
  }
  std::vector<std::string> listed(instant now = at()) {
    std::vector<credential_key> keys;
    for (auto& item : service.list(alice, now).value()) keys.push_back(item.key);
    return keys_of(keys);
  }
  std::vector<std::string> removed(const removal& what, instant now = at()) {
    const auto done = service.remove(alice, what, now);
    if (!done) return {text_of(done.error())};
    auto texts = keys_of(*done);
    std::sort(texts.begin(), texts.end());
    return texts;
  }
};

using lines = std::vector<std::string>;
const lines in_order{"Alpha/North/variables/PAIR",     "Alpha/North/variables/TOKEN",
                     "Alpha/North/api_key/KEY",        "Alpha/South/variables/PAIR",
                     "Beta/default/variables/ACCOUNT", "Gamma/default/variables/KEY_FILE"};

}  // namespace

BOOST_AUTO_TEST_SUITE(inventories)

// What one credential of each size takes up, so that the format cannot grow unseen.
BOOST_AUTO_TEST_CASE(a_credential_takes_up_no_more_than_this) {
  struct size_case {
    std::vector<std::size_t> values;
    std::size_t bytes;
  };
  const size_case cases[] = {{{40}, 145}, {{20, 40}, 161}, {{20, 120, 9}, 257}, {{30, 5, 36}, 177}};
  for (const size_case& c : cases) {
    std::string text =
        "csp: Sized\nconstant: SIZED\nsites: [default]\ncredentials:\n"
        "  - {type: variables, name: ALL, description: All., variables: [";
    add_request request{{"Sized", "default", credential_type::variables, "ALL", {}}, {}, {}, {}, {}};
    for (std::size_t i = 0; i < c.values.size(); ++i) {
      const std::string name = "V" + std::to_string(i);
      text += "{name: " + name + ", description: A value.},";
      request.variables.push_back({name, secret::copy_of(std::string(c.values[i], 'v')), false});
    }
    const auto cache = std::make_shared<credential_cache>();
    credential_service service(cache, std::make_shared<const master_key>(master_key::random()),
                               catalog_of({text + "]}\n"}), {});
    BOOST_REQUIRE(service.add({owner_kind::user, "alice"}, request, at()).has_value());
    BOOST_TEST(cache->bytes() == c.bytes);
  }
}

BOOST_FIXTURE_TEST_CASE(listed_by_csp_then_site_then_definition, stocked) {
  BOOST_TEST(listed() == in_order);
  BOOST_TEST(service.list({owner_kind::isv, "alice"}, at()).value().empty());
  BOOST_TEST(service.list({owner_kind::user, "bob"}, at()).value().empty());
  BOOST_TEST(listed(at(lifetime_limits{}.standard)).empty());
}

BOOST_FIXTURE_TEST_CASE(the_shards_have_every_owner_once, stocked) {
  const std::vector<owner> others{{owner_kind::user, "bob"}, {owner_kind::isv, "alice"}};
  for (const owner& other : others)
    BOOST_REQUIRE(service.add(other, {alpha_key("KEY"), {}, given({{"A_KEY", "k"}}), {}, {}}, at()));
  const auto owners = [&](instant now) {
    std::vector<owner> all;
    for (std::size_t shard = 0; shard < credential_cache::shards; ++shard) {
      for (owner& found : service.owners_in(shard, now)) all.push_back(std::move(found));
    }
    std::ranges::sort(all);
    return all;
  };
  const std::vector<owner> expected{{owner_kind::user, "alice"}, others[0], others[1]};
  BOOST_TEST((owners(at()) == expected));
  BOOST_TEST(owners(at(lifetime_limits{}.standard)).empty());  // due, and not swept yet
}

BOOST_FIXTURE_TEST_CASE(keys_stand_in_the_order_of_the_list_and_describe_shows_one, stocked) {
  BOOST_TEST(keys_of(service.keys_of(alice, at()).value()) == in_order);
  BOOST_TEST(service.keys_of({owner_kind::isv, "alice"}, at()).value().empty());
  BOOST_TEST(service.keys_of(alice, at(lifetime_limits{}.standard)).value().empty());

  const credential_key token = service.keys_of(alice, at()).value()[1];
  const auto described = service.describe(alice, token, at());
  BOOST_REQUIRE(described.has_value());
  BOOST_TEST((described->key == alpha_key("TOKEN")));
  BOOST_TEST(described->reads == 0u);
  BOOST_TEST(service.describe(alice, token, at())->reads == 0u);  // looking is no read
  const auto gone = [](const auto& outcome) {
    return outcome.has_error() && outcome.error().code == error::credentials_not_found;
  };
  BOOST_TEST(gone(service.describe({owner_kind::user, "bob"}, token, at())));
  BOOST_TEST(gone(service.describe(alice, token, at(lifetime_limits{}.standard))));

  BOOST_TEST(service.remove_one(alice, token, at()).has_value());
  BOOST_TEST(gone(service.remove_one(alice, token, at())));
  BOOST_TEST(gone(service.describe(alice, token, at())));
  BOOST_TEST(listed().size() == in_order.size() - 1);
}

BOOST_FIXTURE_TEST_CASE(an_item_shows_what_is_not_secret, service_fixture) {
  add_request request{alpha_key("PAIR"),
                      secret::copy_of("Mine."),
                      given({{"A_REGION", "r"}, {"A_SECRET", "xyz"}, {"A_ID", "AB"}}),
                      100s,
                      {}};
  BOOST_REQUIRE(service.add(alice, request, at(1s)));
  auto item = std::move(service.list(alice, at(2s)).value().at(0));
  BOOST_TEST(item.description.reveal() == "Mine.");
  BOOST_TEST((item.time_to_live == 100s));
  BOOST_TEST((item.created == at(1s).boot));
  BOOST_TEST((item.deadline == at(101s).boot));
  BOOST_TEST(item.reads == 0u);
  BOOST_TEST(!item.last_read.has_value());
  BOOST_REQUIRE(item.variables.size() == 3u);  // in the definition's order
  BOOST_TEST(item.variables[0].index == 0u);
  BOOST_TEST(item.variables[0].value.reveal() == "AB");
  BOOST_TEST(item.variables[1].sensitive);
  BOOST_TEST(item.variables[1].value.empty());
  BOOST_TEST(item.variables[2].value.reveal() == "r");

  resolution out;
  for (int i = 0; i < 2; ++i) BOOST_REQUIRE(service.resolve(alice, asking(), at(31500ms), out));
  item = std::move(service.list(alice, at(40s)).value().at(0));
  BOOST_TEST(item.reads == 2u);
  BOOST_TEST((item.last_read == at(31s).boot));  // whole seconds after it was created
  BOOST_TEST((item.deadline == at(101s).boot));
  (void)service.list(alice, at(50s));
  BOOST_TEST(service.list(alice, at(50s)).value().at(0).reads == 2u);  // a list is no read
}

BOOST_FIXTURE_TEST_CASE(a_caller_can_add_sensitivity_but_not_take_it_away, service_fixture) {
  std::vector<given_variable> variables = given({{"A_ID", "AB"}, {"A_SECRET", "s"}, {"A_REGION", "r"}});
  variables[2].sensitive = true;
  BOOST_REQUIRE(service.add(alice, {alpha_key("PAIR"), {}, std::move(variables), {}, {}}, at()));
  const auto list = service.list(alice, at()).value();
  BOOST_TEST(!list[0].variables[0].sensitive);
  BOOST_TEST(list[0].variables[1].sensitive);
  BOOST_TEST(list[0].variables[2].sensitive);
  BOOST_TEST(list[0].variables[2].value.empty());
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=s(cache) A_REGION=r(cache)");
}

BOOST_FIXTURE_TEST_CASE(equal_values_of_one_owner_have_equal_fingerprints, service_fixture) {
  const owner bob{owner_kind::user, "bob"};
  BOOST_REQUIRE(add(alpha_key("PAIR", "North"), {{"A_ID", "AB"}, {"A_SECRET", "AB"}}));
  BOOST_REQUIRE(add(alpha_key("PAIR", "South"), {{"A_ID", "CD"}, {"A_SECRET", "AB"}}));
  BOOST_REQUIRE(service.add(bob, {alpha_key("PAIR"), {}, given({{"A_ID", "AB"}, {"A_SECRET", "AB"}}), {}, {}}, at()));
  const auto mine = service.list(alice, at()).value();
  const auto bobs = service.list(bob, at()).value();
  BOOST_TEST(mine[0].variables[0].fingerprint == mine[0].variables[1].fingerprint);
  BOOST_TEST(mine[0].variables[1].fingerprint == mine[1].variables[1].fingerprint);
  BOOST_TEST(mine[0].variables[0].fingerprint != mine[1].variables[0].fingerprint);
  // Whoever may list an owner finds nothing out by adding guesses to one of his own.
  BOOST_TEST(mine[0].fingerprint != bobs[0].fingerprint);
  BOOST_TEST(mine[0].variables[1].fingerprint != bobs[0].variables[1].fingerprint);
  BOOST_TEST(mine[0].fingerprint != mine[1].fingerprint);
  BOOST_TEST(mine[0].fingerprint != mine[0].variables[0].fingerprint);
  BOOST_TEST(mine[0].fingerprint.size() == 16u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(removals, stocked)

BOOST_AUTO_TEST_CASE(every_part_that_is_given_must_match) {
  BOOST_TEST(removed({"Alpha", "North", credential_type::variables, "PAIR"}) == lines{"Alpha/North/variables/PAIR"});
  BOOST_TEST(removed({{}, {}, {}, "PAIR"}) == lines{"Alpha/South/variables/PAIR"});
  BOOST_TEST(removed({{}, {}, credential_type::api_key, {}}) == lines{"Alpha/North/api_key/KEY"});
  BOOST_TEST(removed({{}, "default", {}, {}}) ==
             (lines{"Beta/default/variables/ACCOUNT", "Gamma/default/variables/KEY_FILE"}));
  BOOST_TEST(removed({"ALPHA", {}, {}, {}}) == lines{"Alpha/North/variables/TOKEN"});
  BOOST_TEST(removed({"Alpha", {}, {}, {}}).empty());  // there is such a csp, with nothing cached
  BOOST_TEST(cache->entries() == 0u);
}

BOOST_AUTO_TEST_CASE(a_removal_that_names_nothing_is_not_everything) {
  BOOST_TEST(
      removed({}) ==
      lines{"empty_removal: The removal names nothing; expected a csp, a site, a type or a name. Everything of an "
            "owner goes by a call of its own."});
  BOOST_TEST(cache->entries() == in_order.size());
  BOOST_TEST(service.remove_all(alice, at())->size() == in_order.size());
  BOOST_TEST(service.remove_all(alice, at())->empty());
}

BOOST_AUTO_TEST_CASE(a_csp_is_meant_by_any_of_its_names) {
  configure({alpha, beta, omega, R"(
csp: FourthCloud
constant: FOURTH_CLOUD
sites: [default]
credentials: [{type: variables, name: ONE, description: One., variables: [{name: F_ONE, description: One.}]}]
)"});
  for (const char* spelling : {"FourthCloud", "fourthcloud", "FOURTH_CLOUD", "fourth_cloud"}) {
    put({"FourthCloud", "default", credential_type::variables, "ONE"}, {{"F_ONE", "1"}});
    BOOST_TEST(removed({spelling, {}, {}, {}}) == lines{"FourthCloud/default/variables/ONE"});
  }
  put({"FourthCloud", "default", credential_type::variables, "ONE"}, {{"F_ONE", "1"}});
  configure({alpha});  // its definition is gone: its name is what is left of it
  BOOST_TEST(removed({"FOURTH_CLOUD", {}, {}, {}}) ==
             lines{"unknown_csp: There is no csp \"FOURTH_CLOUD\"; expected one of Alpha."});
  BOOST_TEST(removed({"fourthcloud", {}, {}, {}}) == lines{"FourthCloud/default/variables/ONE"});
}

BOOST_AUTO_TEST_CASE(what_a_removal_names_and_nobody_knows_is_said) {
  const std::string of_alpha = "; it has variables/PAIR, variables/TOKEN and api_key/KEY.";
  const std::string nobody = ", and nothing like it is cached.";
  BOOST_TEST(removed({"Delta", {}, {}, {}}) ==
             lines{"unknown_csp: There is no csp \"Delta\"; expected one of Alpha, Beta and Gamma."});
  BOOST_TEST(removed({"Alpha", "West", {}, {}}) ==
             lines{"capability_not_found: Alpha has no site \"West\"; its sites are North and South."});
  BOOST_TEST(
      removed({"Alpha", {}, {}, "KEY_FILE"}) ==
      lines{"capability_not_found: Alpha has no credential named \"KEY_FILE\"" + of_alpha + " Did you mean KEY?"});
  BOOST_TEST(removed({"Alpha", {}, credential_type::oauth2, {}}) ==
             lines{"capability_not_found: Alpha has no credential of type oauth2" + of_alpha});
  BOOST_TEST(removed({"Alpha", {}, credential_type::api_key, "PAIR"}) ==
             lines{"capability_not_found: Alpha has no credential of type api_key named \"PAIR\"" + of_alpha});
  BOOST_TEST(removed({{}, "West", {}, {}}) ==
             lines{"capability_not_found: No csp has a credential at a site \"West\"" + nobody});
  BOOST_TEST(removed({{}, {}, credential_type::oauth2, "PAIR"}) ==
             lines{"capability_not_found: No csp has a credential of type oauth2 named \"PAIR\"" + nobody});
  BOOST_TEST(removed({{}, "South", {}, "KEY_FILE"}) ==
             lines{"capability_not_found: No csp has a credential named \"KEY_FILE\" at a site \"South\"" + nobody});
  BOOST_TEST(cache->entries() == in_order.size());
}

BOOST_AUTO_TEST_CASE(only_the_owners_living_credentials_are_removed) {
  const owner bob{owner_kind::user, "bob"};
  BOOST_REQUIRE(
      service.add(bob, {alpha_key("TOKEN"), {}, given({{"A_TOKEN", "t"}}), 2 * lifetime_limits{}.standard, {}}, at()));
  BOOST_TEST(service.remove_all(alice, at(lifetime_limits{}.standard))->empty());  // all have expired
  BOOST_TEST(service.remove_all(alice, at())->size() == in_order.size());
  BOOST_TEST(service.list(bob, at()).value().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(other_catalogs, stocked)

BOOST_AUTO_TEST_CASE(entries_stay_when_definitions_change) {
  // TOKEN and South are gone, PAIR has lost its region and got an optional variable in front, Beta comes first.
  const std::string changed = R"(
csp: Alpha
constant: ALPHA
sites: [West, North]
credentials:
  - type: variables
    name: PAIR
    description: An id and its secret.
    variables:
      - {name: A_NEW, description: New., mandatory: false}
      - {name: A_SECRET, description: The secret., sensitive: true}
      - {name: A_ID, description: The id., sensitive: true}
)";
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "CD"}, {"A_SECRET", "s"}, {"A_REGION", "r"}}));
  configure({beta, changed});
  BOOST_TEST(cache->entries() == 6u);
  const auto list = service.list(alice, at()).value();
  // Without a definition: at the end, in the order in which their keys became known.
  BOOST_TEST(listed() ==
             (lines{"Beta/default/variables/ACCOUNT", "Alpha/North/variables/PAIR", "Alpha/South/variables/PAIR",
                    "Alpha/North/variables/TOKEN", "Alpha/North/api_key/KEY", "Gamma/default/variables/KEY_FILE"}));
  BOOST_REQUIRE(list[1].variables.size() == 2u);
  for (const auto& v : list[1].variables) BOOST_TEST(v.value.empty());  // A_ID is sensitive now
  BOOST_TEST(list[2].variables.empty());
  BOOST_TEST(!list[2].fingerprint.empty());

  resolve_request request = asking();
  request.site = "North";
  BOOST_TEST(resolve(request) == "PAIR@North A_SECRET=s(cache) A_ID=CD(cache)");
  BOOST_TEST(
      resolve(asking()).starts_with("credentials_not_found: Nothing is cached for \"alice\", csp Alpha, site West"));
  BOOST_TEST((service.catalog().find_csp("Gamma") == nullptr));
  BOOST_TEST(text_of(add(alpha_key("TOKEN"), {{"A_TOKEN", "t"}})).starts_with("capability_not_found"));
  BOOST_TEST(removed({{}, {}, {}, "TOKEN"}) == lines{"Alpha/North/variables/TOKEN"});

  // And back again: what is still cached is there as before.
  configure({alpha, beta, omega});
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=CD(cache) A_SECRET=s(cache) A_REGION=r(cache)");
  BOOST_TEST(listed().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_moved_service_works_on) {
  credential_service moved(std::move(service));
  resolution out;
  resolve_request request;
  request.csp = moved.catalog().find_csp("Alpha");
  BOOST_TEST(moved.resolve(alice, request, at(), out).has_value());
  BOOST_TEST(moved.list(alice, at()).value().size() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace credential_service_test
