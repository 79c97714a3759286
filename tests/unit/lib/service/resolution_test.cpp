// A resolution owns what it shows: values, catalog, memory; and every failure leaves it empty.
#include "credcache/resolution.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <utility>

#include "freed_memory.hpp"
#include "service_fixture.hpp"

namespace resolution_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

/// Every kind of value: two names for one variable, a constant, a required name.
constexpr const char* delta = R"(
csp: Delta
constant: DELTA
sites: [East, West]
requires: [{name: DELTA_URL, exportAs: [D_URL, D_ENDPOINT]}]
credentials:
  - type: variables
    name: LOGIN
    description: A login.
    constants: {D_AUTH_TYPE: password}
    variables:
      - {name: D_USER, description: The user., exportAs: [D_LOGIN]}
      - {name: D_PASSWORD, description: The password., sensitive: true}
      - {name: D_REALM, description: The realm., mandatory: false}
)";

const name_values login{{"D_USER", "me"}, {"D_PASSWORD", "pass word"}};

struct delta_fixture : service_fixture {
  delta_fixture() {
    environment->emplace("DELTA_URL", "https://d");
    configure({alpha, delta});
    BOOST_REQUIRE(add({"Delta", "West", credential_type::variables, "LOGIN"}, login));
  }
  static resolve_request west() { return {.csp_name = "delta", .site = "West"}; }
};

std::vector<std::string> texts_of(const resolution& answer) {
  std::vector<std::string> texts;
  answer.for_each([&](std::string_view name, std::string_view value, value_origin origin) {
    texts.push_back(std::string(name) + "=" + std::string(value) + "(" + std::string(to_string(origin)) + ")");
  });
  return texts;
}

/// Throws when it is asked for `name`, and has nothing else.
class throwing_source final : public value_source {
 public:
  explicit throwing_source(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] value_origin origin() const noexcept override { return value_origin::environment; }
  [[nodiscard]] bool has(std::string_view name) const noexcept override { return name == name_; }
  void fetch(std::span<const std::string_view>, std::span<fetched_value>, instant) override {
    throw std::runtime_error("the vault is shut");
  }

 private:
  std::string name_;
};

using lines = std::vector<std::string>;
const lines handed_out{"D_USER=me(cache)",
                       "D_LOGIN=me(cache)",
                       "D_PASSWORD=pass word(cache)",
                       "D_URL=https://d(environment)",
                       "D_ENDPOINT=https://d(environment)",
                       "D_AUTH_TYPE=password(definition)"};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(resolutions, delta_fixture)

BOOST_AUTO_TEST_CASE(everything_that_is_handed_out_is_visited_and_found) {
  resolution answer;
  BOOST_TEST(texts_of(answer).empty());
  BOOST_TEST(!answer.find("D_USER").has_value());
  BOOST_REQUIRE(service.resolve(alice, west(), at(), answer));
  BOOST_TEST(texts_of(answer) == handed_out);
  BOOST_TEST(answer.find("D_LOGIN").value() == "me");
  BOOST_TEST(answer.find("D_ENDPOINT").value() == "https://d");
  BOOST_TEST(answer.find("D_AUTH_TYPE").value() == "password");
  for (const char* name : {"D_REALM", "DELTA_URL", "d_user", ""}) BOOST_TEST(!answer.find(name).has_value());
}

BOOST_AUTO_TEST_CASE(deploy_variables_are_copied) {
  resolution answer;
  {
    const auto deploy = given({{"D_PASSWORD", "of the deployment"}, {"D_REALM", "r"}});
    resolve_request request = west();
    request.purpose = purpose::deployment;
    request.deploy_variables = deploy;
    BOOST_REQUIRE(service.resolve(alice, request, at(), answer));
    for (const given_variable& variable : deploy) {
      const std::string_view value = answer.find(variable.name).value();
      BOOST_TEST(static_cast<const void*>(value.data()) != static_cast<const void*>(variable.value.reveal().data()));
    }
  }
  BOOST_TEST(answer.find("D_PASSWORD").value() == "of the deployment");
  BOOST_TEST(answer.find("D_REALM").value() == "r");
}

BOOST_AUTO_TEST_CASE(it_lives_longer_than_the_service_and_the_catalog) {
  resolution answer;
  std::weak_ptr<const provider_catalog> watched;
  {
    auto catalog = catalog_of({delta});
    watched = catalog;
    credential_service other(cache, key, std::move(catalog), sources());
    BOOST_REQUIRE(other.resolve(alice, west(), at(), answer));
  }
  BOOST_REQUIRE(service.remove_all(alice, at()));
  BOOST_TEST(!watched.expired());
  BOOST_TEST(texts_of(answer) == handed_out);
  BOOST_TEST(answer.csp()->name == "Delta");
  answer.clear();
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(an_explanation_keeps_its_catalog_as_well) {
  auto catalog = catalog_of({delta});
  const std::weak_ptr<const provider_catalog> watched = catalog;
  std::optional<explanation> told;
  {
    credential_service other(cache, key, std::move(catalog), sources());
    told = other.explain(alice, west(), at()).value();
  }
  BOOST_TEST(!watched.expired());
  BOOST_TEST(told->candidates.at(0).definition->name == "LOGIN");
  told.reset();
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(moving_keeps_the_views_and_empties_the_other) {
  resolution answer;
  resolve_request request = west();
  const auto deploy = given({{"D_REALM", "r"}});
  request.purpose = purpose::deployment;
  request.deploy_variables = deploy;
  BOOST_REQUIRE(service.resolve(alice, request, at(), answer));
  const std::string_view user = answer.find("D_USER").value();
  resolution moved(std::move(answer));
  BOOST_TEST(answer.empty());
  BOOST_TEST(texts_of(answer).empty());
  BOOST_TEST(static_cast<const void*>(moved.find("D_USER").value().data()) == static_cast<const void*>(user.data()));
  BOOST_TEST(moved.find("D_REALM").value() == "r");
  BOOST_REQUIRE(service.resolve(alice, west(), at(), answer));  // usable again
  answer = std::move(moved);
  BOOST_TEST(answer.find("D_REALM").value() == "r");
}

BOOST_AUTO_TEST_CASE(whatever_fails_leaves_it_empty) {
  struct failing_case {
    const char* title;
    error code;
    resolve_request request;
    owner asking{owner_kind::user, "alice"};
  };
  const failing_case cases[] = {
      {"owner", error::invalid_owner, west(), {owner_kind::user, ""}},
      {"csp", error::unknown_csp, {.csp_name = "Nowhere"}},
      {"site", error::capability_not_found, {.csp_name = "Delta", .site = "North"}},
      {"type", error::capability_not_found, {.csp_name = "Delta", .type = credential_type::oauth2}},
      {"nothing", error::credentials_not_found, {.csp_name = "Delta"}},
      {"too soon", error::expires_too_soon, {.csp_name = "Delta", .site = "West", .min_ttl = 9999s}},
  };
  for (const failing_case& c : cases) {
    BOOST_TEST_CONTEXT(c.title) {
      resolution answer;
      BOOST_REQUIRE(service.resolve(alice, west(), at(), answer));
      const auto outcome = service.resolve(c.asking, c.request, at(), answer);
      BOOST_REQUIRE(outcome.has_error());
      BOOST_TEST(to_string(outcome.error().code) == to_string(c.code));
      BOOST_TEST(answer.empty());
      BOOST_TEST(answer.variables().empty());
    }
  }
}

// The cached part has been opened and joined when the source is asked.
BOOST_AUTO_TEST_CASE(a_source_that_throws_leaves_nothing) {
  std::vector<std::unique_ptr<value_source>> shut;
  shut.push_back(std::make_unique<map_source>(value_origin::systemd_credential, environment));
  shut.push_back(std::make_unique<throwing_source>("D_REALM"));
  credential_service other(cache, key, catalog_of({delta}), std::move(shut));
  resolution answer;
  BOOST_REQUIRE(service.resolve(alice, west(), at(), answer));
  BOOST_CHECK_THROW((void)other.resolve(alice, west(), at(), answer), std::runtime_error);
  BOOST_TEST(answer.empty());
  BOOST_TEST(answer.variables().empty());
  BOOST_TEST(!answer.find("D_PASSWORD").has_value());
}

BOOST_AUTO_TEST_CASE(without_memory_it_is_empty) {
  resolution answer;
  resolve_request request = west();
  const auto deploy = given({{"D_REALM", "a value that is too long for a small string"}});
  request.purpose = purpose::deployment;
  request.deploy_variables = deploy;
  std::size_t failures = 0;
  for (bool failed = true; failed; failures += failed) {
    {
      const failing_allocation failing(failures + 1);
      try {
        (void)service.resolve(alice, request, at(), answer);
      } catch (const std::bad_alloc&) {
      }
      failed = failing.happened();
    }
    BOOST_TEST(answer.empty() == failed);
    answer = resolution();
  }
  BOOST_TEST(failures > 3u);
}

BOOST_AUTO_TEST_CASE(it_becomes_an_environment) {
  resolution answer;
  BOOST_REQUIRE(service.resolve(alice, west(), at(), answer));
  const environment_block block = answer.to_environment().value();
  lines texts;
  for (char* const* text = block.data(); *text != nullptr; ++text) texts.emplace_back(*text);
  BOOST_TEST(texts == (lines{"D_USER=me", "D_LOGIN=me", "D_PASSWORD=pass word", "D_URL=https://d",
                             "D_ENDPOINT=https://d", "D_AUTH_TYPE=password"}));
  answer.clear();
  BOOST_TEST(std::string_view(block.data()[0]) == "D_USER=me");  // the block owns its texts
}

BOOST_AUTO_TEST_CASE(a_zero_byte_which_fits_into_no_environment_does_not_come_in) {
  std::vector<given_variable> deploy;
  deploy.push_back({"D_PASSWORD", secret::copy_of(std::string_view("mark\0er", 7)), false});
  resolve_request request = west();
  request.purpose = purpose::deployment;
  request.deploy_variables = deploy;
  resolution answer;
  const std::string refused = text_of(service.resolve(alice, request, at(), answer).error());
  BOOST_TEST(refused.find("LOGIN cannot use D_PASSWORD from deploy variables: found a zero byte") != std::string::npos);
  BOOST_TEST(refused.find("mark") == std::string::npos);
  BOOST_TEST(answer.empty());
}

BOOST_AUTO_TEST_CASE(nothing_of_it_stays_in_freed_memory) {
  static constexpr const char* value = "MARKER1D47AD91C4E3F2";
  BOOST_REQUIRE(add({"Delta", "West", credential_type::variables, "LOGIN"}, {{"D_USER", "me"}, {"D_PASSWORD", value}}));
  bool right = true;
  freed_memory watch(value);
  {
    const auto deploy = given({{"D_REALM", value}});
    resolve_request request = west();
    request.purpose = purpose::deployment;
    request.deploy_variables = deploy;
    resolution answer, other;
    right = right && service.resolve(alice, request, at(), answer).has_value();
    const auto block = answer.to_environment();
    right = right && block.has_value() && block->size() == 7;
    other = std::move(answer);
    right = right && service.resolve(alice, request, at(), answer).has_value();
    other = std::move(answer);
  }
  watch.stop();
  BOOST_TEST(right);
  BOOST_TEST(watch.blocks() > 10u);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace resolution_test
