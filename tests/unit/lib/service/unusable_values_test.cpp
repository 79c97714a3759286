// What a source has is held to the checks of add when it is used: refused by name and source, never shown.
#include <boost/test/unit_test.hpp>

#include "freed_memory.hpp"
#include "service_fixture.hpp"

namespace unusable_values_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

constexpr const char* marker = "marker-value-77c1";

constexpr const char* epsilon = R"(
csp: Epsilon
constant: EPSILON
sites: [default]
requires: [{name: EPSILON_URL, exportAs: [E_URL]}]
credentials:
  - type: variables
    name: FILE
    description: A key file.
    variables:
      - {name: E_KEY, description: The key., sensitive: true,
         jsonObject: {equals: {type: account}, required: [email], fills: {E_PROJECT: project_id}}}
      - {name: E_PROJECT, description: The project., pattern: '[a-z]+'}
      - {name: E_NOTE, description: Anything., mandatory: false}
)";

struct unusable : service_fixture {
  unusable() { *environment = {{"EPSILON_URL", "https://e"}}, configure({epsilon}); }

  std::string add_file(const name_values& values) {
    return text_of(add({"Epsilon", "default", credential_type::variables, "FILE"}, values));
  }
  explained_candidate explained() { return service.explain(alice, asking("Epsilon"), at()).value().candidates.at(0); }
  /// What resolve and explain say of FILE, which nobody has cached.
  std::string complaint() {
    const std::string begin =
        "credentials_not_found: Nothing is cached for \"alice\", csp Epsilon, site default; add a credential. | ";
    const std::string text = resolve(asking("Epsilon"));
    BOOST_TEST(text.starts_with(begin), text);
    BOOST_TEST(text.find(marker) == std::string::npos);
    const explanation told = service.explain(alice, asking("Epsilon"), at()).value();
    BOOST_TEST(text_of(*told.error) == text);
    BOOST_TEST(!told.candidates.at(0).complete);
    return text.substr(std::min(begin.size(), text.size()));
  }
};

constexpr const char* good_key = R"({"type":"account","email":"e","project_id":"p"})";
constexpr const char* no_text = "found bytes that are not UTF-8, expected text in UTF-8 without zero bytes";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(unusable_values, unusable)

BOOST_AUTO_TEST_CASE(a_value_that_fails_its_pattern_is_named_with_its_source) {
  environment->emplace("E_PROJECT", std::string(marker) + "7");
  environment->emplace("E_KEY", good_key);
  const std::string why = "found text of another form, expected the whole value to match [a-z]+";
  BOOST_TEST(complaint() == "FILE cannot use E_PROJECT from environment: " + why);
  const explained_candidate told = explained();
  BOOST_TEST(told.reason == "Cannot use E_PROJECT from environment: " + why);
  BOOST_TEST((told.variables[1].origin == value_origin::environment));
  BOOST_TEST(told.variables[1].problem == why);
  BOOST_TEST(told.variables[0].problem.empty());
  BOOST_TEST(add_file({{"E_KEY", good_key}}) ==
             "variables_not_complete: E_PROJECT from environment: " + why + "; give another one with the credential.");
  // No source further on takes its place, and one before does.
  credentials->emplace("E_PROJECT", "good");
  BOOST_TEST(resolve(asking("Epsilon")).find(" E_PROJECT=good(systemd credential)") != std::string::npos);
  std::swap(credentials->at("E_PROJECT"), environment->at("E_PROJECT"));
  BOOST_TEST(complaint() == "FILE cannot use E_PROJECT from systemd credential: " + why);
}

BOOST_AUTO_TEST_CASE(so_is_json_of_another_kind_which_then_fills_nothing) {
  credentials->emplace("E_KEY", R"({"type":"other","email":"marker-value-77c1","project_id":"p"})");
  BOOST_TEST(complaint() ==
             "FILE in the other sources lacks E_PROJECT. | FILE cannot use E_KEY from systemd credential: found a JSON "
             "object of another kind, expected its member \"type\" to be \"account\"");
  BOOST_TEST((explained().variables[1].origin == value_origin::missing));
}

BOOST_AUTO_TEST_CASE(so_is_what_json_fills_in) {
  const char* const bad_key = R"({"type":"account","email":"e","project_id":"marker-value-77c1"})";
  environment->emplace("E_KEY", bad_key);
  BOOST_TEST(
      complaint() ==
      "FILE cannot use E_PROJECT from environment: found text of another form, expected the whole value to match "
      "[a-z]+");
  environment->erase("E_KEY");
  BOOST_TEST(add_file({{"E_KEY", bad_key}}) ==
             "invalid_value: E_PROJECT, which comes with a JSON value: found text of another form, expected the whole "
             "value to match [a-z]+");
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_unusable_also_if_it_is_optional_or_required_by_the_csp) {
  environment->emplace("E_KEY", good_key);
  environment->emplace("E_NOTE", "p\xe4ss");
  BOOST_TEST(complaint() == std::string("FILE cannot use E_NOTE from environment: ") + no_text);
  (*environment)["E_NOTE"] = std::string("a\0b", 3);
  BOOST_TEST(complaint() ==
             "FILE cannot use E_NOTE from environment: found a zero byte, expected text in UTF-8 without zero bytes");
  environment->erase("E_NOTE");
  (*environment)["EPSILON_URL"] = "https://\xff";
  BOOST_TEST(complaint() == std::string("FILE cannot use EPSILON_URL from environment: ") + no_text);
}

BOOST_AUTO_TEST_CASE(deploy_variables_are_checked_like_those_of_any_source) {
  BOOST_TEST(add_file({{"E_KEY", good_key}}) == "added");
  const auto deploy = given({{"E_PROJECT", "7"}});
  resolve_request request = asking("Epsilon");
  request.deploy_variables = deploy;
  request.purpose = purpose::deployment;
  BOOST_TEST(resolve(request).starts_with(
      "variables_not_complete: FILE cannot use E_PROJECT from deploy variables: found text of another form"));
}

BOOST_AUTO_TEST_CASE(add_takes_text_only) {
  const auto added = [&](std::string_view note, std::string_view description) {
    add_request request{
        {"Epsilon", "default", credential_type::variables, "FILE"}, secret::copy_of(description), {}, {}, {}};
    request.variables.push_back({"E_KEY", secret::copy_of(good_key), false});
    request.variables.push_back({"E_NOTE", secret::copy_of(note), false});
    return text_of(service.add(alice, request, at()));
  };
  BOOST_TEST(added("a\xc3\xa4", "b\xc3\xa4") == "added");
  BOOST_TEST(added("p\xe4ss", "") == std::string("not_text: E_NOTE ") + no_text);
  BOOST_TEST(added(std::string_view("a\0b", 3), "") ==
             "not_text: E_NOTE found a zero byte, expected text in UTF-8 without zero bytes");
  BOOST_TEST(added("a", "\xff") == std::string("not_text: description ") + no_text);
}

BOOST_AUTO_TEST_CASE(a_mandatory_variable_may_be_one_that_json_fills) {
  BOOST_TEST(add_file({{"E_KEY", good_key}}) == "added");
  BOOST_TEST(resolve(asking("Epsilon")) ==
             std::string("FILE@default E_KEY=") + good_key + "(cache) E_PROJECT=p(cache) E_URL=https://e(environment)");
  BOOST_TEST(add_file({{"E_KEY", R"({"type":"account","email":"e"})"}}) ==
             "variables_not_complete: No source has the mandatory variable E_PROJECT of Epsilon FILE; give it with the "
             "credential.");
}

BOOST_AUTO_TEST_CASE(nothing_of_an_unusable_value_stays_in_freed_memory) {
  const std::string bad = std::string(marker) + "\xff";
  environment->emplace("E_KEY", bad);
  environment->emplace("E_PROJECT", bad);
  (void)resolve(asking("Epsilon"));
  resolution out;
  const resolve_request request = asking("Epsilon");
  freed_memory watch(marker);
  const bool refused = service.resolve(alice, request, at(), out).has_error();
  const bool told = service.explain(alice, request, at())->error.has_value();
  watch.stop();
  BOOST_TEST((refused && told));
  BOOST_TEST(out.empty());
  BOOST_TEST(watch.blocks() > 1u);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace unusable_values_test
