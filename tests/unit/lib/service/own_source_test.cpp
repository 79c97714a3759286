// A value source of the embedding program, here a vault that takes 20 ms: asked once and only when it counts, under a name
// of its own, with values that die, and failing.
#include <boost/test/unit_test.hpp>
#include <set>
#include <stdexcept>

#include "freed_memory.hpp"
#include "service_fixture.hpp"

namespace own_source_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

using lines = std::vector<std::string>;

/// What the test sees of its vault, and sets; it outlives the service.
struct vault_contents {
  value_map values;
  std::map<std::string, std::chrono::nanoseconds, std::less<>> lives;  ///< name → how long, from the moment it is asked
  std::set<std::string, std::less<>> promised;                         ///< has() is true, though there may be no value
  bool sealed = false;                                                 ///< a fetch throws
  lines asked;                                                         ///< a line for each round trip
  std::chrono::nanoseconds clock{};                                    ///< virtual: a round trip moves it
};

class vault final : public value_source {
 public:
  vault(std::string name, vault_contents& contents) : name_(std::move(name)), contents_(contents) {}
  [[nodiscard]] value_origin origin() const noexcept override { return value_origin::named(name_); }
  [[nodiscard]] bool has(std::string_view name) const noexcept override {
    return contents_.values.contains(name) || contents_.promised.contains(name);
  }
  void fetch(std::span<const std::string_view> names, std::span<fetched_value> out, instant now) override {
    contents_.clock += 20ms;
    std::string line;
    for (std::size_t i = 0; i < names.size(); ++i) {
      line += (i == 0 ? "" : " ") + std::string(names[i]);
      if (const auto found = contents_.values.find(names[i]); found != contents_.values.end())
        out[i].value = secret::copy_of(found->second);
      if (const auto life = contents_.lives.find(names[i]); life != contents_.lives.end())
        out[i].deadline = now.boot + life->second;
    }
    contents_.asked.push_back(line);
    if (contents_.sealed) throw std::runtime_error("the vault is sealed");
  }

 private:
  std::string name_;
  vault_contents& contents_;
};

/// Credentials of systemd, then the vault, then the environment.
struct vault_fixture : service_fixture {
  vault_contents contents;

  vault_fixture() { open_vault(); }
  void open_vault(const std::string& first = alpha) {
    auto all = sources();
    all.insert(all.begin() + 1, std::make_unique<vault>("vault of team 7, which has a long name", contents));
    service = credential_service(cache, key, catalog_of({first, beta, omega}), std::move(all));
  }
  explained_candidate explained(const resolve_request& request, std::size_t number = 0) {
    return service.explain(alice, request, at()).value().candidates.at(number);
  }
};

constexpr const char* vaulted = "(vault of team 7, which has a long name)";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(own_sources, vault_fixture)

BOOST_AUTO_TEST_CASE(all_that_is_lacking_is_asked_for_in_one_round_trip) {
  contents.values = {{"A_ID", "AB"}, {"A_SECRET", "s"}, {"A_REGION", "r"}, {"A_DEFAULT_REGION", "d"}};
  BOOST_TEST(resolve(asking(), at(contents.clock)) ==
             std::string("PAIR@North A_ID=AB") + vaulted + " A_SECRET=s" + vaulted + " A_REGION=r" + vaulted);
  BOOST_TEST((contents.clock == 20ms));
  BOOST_TEST(contents.asked == lines{"A_ID A_SECRET A_REGION A_DEFAULT_REGION"});
}

BOOST_AUTO_TEST_CASE(what_another_source_has_before_is_not_asked_for) {
  contents.values = {{"A_ID", "vaulted"}, {"A_SECRET", "vaulted"}, {"A_REGION", "vaulted"}};
  *environment = {{"A_REGION", "e"}};
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}}));
  BOOST_TEST(contents.asked.empty());  // that the vault has the secret was enough for add
  *credentials = {{"A_REGION", "r"}};
  BOOST_TEST(resolve(asking()) ==
             std::string("PAIR@North A_ID=AB(cache) A_SECRET=vaulted") + vaulted + " A_REGION=r(systemd credential)");
  BOOST_TEST(contents.asked == lines{"A_SECRET"});
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", "s"}}));
  (void)resolve(asking());
  BOOST_TEST(contents.asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_is_not_asked_in_vain) {
  contents.values = {{"A_ID", "AB"}, {"A_TOKEN", "t"}};  // half of PAIR, which comes first, and all of TOKEN
  BOOST_TEST(resolve(asking()) == std::string("TOKEN@North A_TOKEN=t") + vaulted);
  BOOST_TEST(contents.asked == lines{"A_TOKEN"});
  contents.values.erase("A_TOKEN");
  BOOST_TEST(
      resolve(asking()) ==
      "credentials_not_found: Nothing is cached for \"alice\", csp Alpha, site North; add a credential. | PAIR in the "
      "other sources lacks A_SECRET. | TOKEN in the other sources lacks A_TOKEN.");
  BOOST_TEST(contents.asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(explain_shows_its_name_and_never_asks) {
  contents.promised = {"A_ID", "A_SECRET", "G_KEY"};
  const explained_candidate pair = explained(asking());
  BOOST_TEST(pair.wins);
  BOOST_TEST(to_string(pair.variables[1].origin) == "vault of team 7, which has a long name");
  BOOST_TEST((pair.variables[1].origin == value_origin::other));
  BOOST_TEST((pair.variables[2].origin == value_origin::missing));
  // What only the value itself could show is taken to be there.
  const explained_candidate file = explained(asking("Gamma"));
  BOOST_TEST(to_string(file.variables[1].origin) == "vault of team 7, which has a long name");
  BOOST_TEST(contents.asked.empty());
}

BOOST_AUTO_TEST_CASE(an_answer_keeps_the_name_of_a_source_that_is_gone) {
  contents.values = {{"A_TOKEN", "t"}};
  resolution out;
  BOOST_REQUIRE(service.resolve(alice, asking(), at(), out));
  configure({alpha});
  BOOST_TEST(to_string(out.variables()[0].origin) == "vault of team 7, which has a long name");
  BOOST_TEST(out.variables()[0].value == "t");
}

BOOST_AUTO_TEST_CASE(what_it_leaves_out_is_looked_up_further_on) {
  contents.promised = {"A_ID", "A_SECRET", "A_REGION", "A_DEFAULT_REGION"};
  contents.values = {{"A_ID", " \t"}, {"A_DEFAULT_REGION", "d"}, {"A_SECRET", "s"}};
  contents.lives = {{"A_SECRET", 0s}};  // over already
  *environment = {{"A_ID", "EE"}, {"A_SECRET", "e"}, {"A_REGION", "e"}};
  BOOST_TEST(resolve(asking()) ==
             std::string("PAIR@North A_ID=EE(environment) A_SECRET=e(environment) A_REGION=d") + vaulted);
  BOOST_TEST(contents.asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_promise_that_is_not_kept_is_lacking) {
  contents.promised = {"A_ID", "A_SECRET"};
  contents.values = {{"A_SECRET", "s"}};
  BOOST_TEST(
      resolve(asking()).ends_with("PAIR in the other sources lacks A_ID (not delivered by vault of team 7, which "
                                  "has a long name). | TOKEN in the other sources lacks A_TOKEN."));
  *environment = {{"A_TOKEN", "e"}};
  BOOST_TEST(resolve(asking()) == "TOKEN@North A_TOKEN=e(environment)");  // the next candidate
  *environment = {{"A_SECRET", "e"}};
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_SECRET", "s"}}));
  BOOST_TEST(
      resolve(asking()).starts_with("variables_not_complete: PAIR in the cache lacks A_ID (not delivered by vault"));
}

BOOST_AUTO_TEST_CASE(a_group_comes_from_the_first_source_that_delivers_any_of_it) {
  std::string together = alpha;
  together.insert(together.find("    variables:"), "    together: [[A_ID, A_SECRET]]\n");
  open_vault(together);
  contents.promised = {"A_ID", "A_SECRET"};
  *environment = {{"A_ID", "EE"}, {"A_SECRET", "e"}};
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=EE(environment) A_SECRET=e(environment)");
  contents.values = {{"A_SECRET", "s"}};
  BOOST_TEST(resolve(asking()).find("PAIR in the other sources lacks A_ID (from the same source as A_SECRET: vault of "
                                    "team 7, which has a long name).") != std::string::npos);
  contents.values = {{"A_SECRET", "s"}, {"A_ID", "AB"}};
  BOOST_TEST(resolve(asking()) == std::string("PAIR@North A_ID=AB") + vaulted + " A_SECRET=s" + vaulted);
  contents.values["A_ID"] = "fails the pattern";
  BOOST_TEST(resolve(asking()).find("PAIR cannot use A_ID from vault of team 7, which has a long name: found text of "
                                    "another form") != std::string::npos);
  BOOST_TEST(explained(asking()).wins);  // the vault was not asked
}

BOOST_AUTO_TEST_CASE(a_required_name_that_is_not_delivered_is_lacking) {
  contents.promised = {"BETA_URL"};
  contents.values = {{"BETA_URL", "https://v"}};
  *environment = {{"BETA_ZONE", "z"}, {"B_USER_DOMAIN", "u"}, {"B_PROJECT_DOMAIN", "p"}};
  open_vault();
  BOOST_TEST(resolve(asking("Beta")).ends_with(std::string("B_AUTH_URL=https://v") + vaulted));
  contents.values.clear();
  BOOST_TEST(
      resolve(asking("Beta")).ends_with("lacks BETA_URL (not delivered by vault of team 7, which has a long name)."));
}

BOOST_AUTO_TEST_CASE(an_answer_lives_as_long_as_the_first_part_to_die) {
  contents.values = {{"A_ID", "AB"}, {"A_SECRET", "s"}, {"A_REGION", "r"}, {"A_DEFAULT_REGION", "d"}};
  const auto deadline = [&](std::chrono::nanoseconds now) {
    resolution out;
    BOOST_REQUIRE(service.resolve(alice, asking(), at(now), out));
    return out.deadline();
  };
  BOOST_TEST(!deadline(5s).has_value());
  contents.lives = {{"A_DEFAULT_REGION", 1s}};  // not used
  BOOST_TEST(!deadline(5s).has_value());
  contents.lives = {{"A_ID", 300s}, {"A_SECRET", 200s}, {"A_DEFAULT_REGION", 1s}};
  BOOST_TEST((deadline(5s) == at(205s).boot));
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}}, at(), 100s));
  BOOST_TEST((deadline(5s) == at(100s).boot));
  contents.lives = {{"A_SECRET", 50s}};
  BOOST_TEST((deadline(5s) == at(55s).boot));

  resolve_request request = asking();
  request.min_ttl = 50s;
  BOOST_TEST(resolve(request, at(5s)).starts_with("PAIR@North "));
  request.min_ttl = 51s;
  BOOST_TEST(resolve(request, at(5s)).starts_with("expires_too_soon: The credential PAIR of Alpha expires in 50 s"));
}

BOOST_AUTO_TEST_CASE(what_it_throws_reaches_the_caller_and_leaves_no_value) {
  static constexpr std::string_view marker = "marker-2f0c77aa1b9e";
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", marker.data()}}));
  *credentials = {{"A_REGION", std::string(marker)}};  // opened before the vault is asked
  contents.values = {{"B_USER_DOMAIN", std::string(marker)}, {"B_PROJECT_DOMAIN", "p"}, {"A_TOKEN", "t"}};
  contents.sealed = true;
  credentials->emplace("BETA_URL", marker);
  resolution out;
  BOOST_REQUIRE(service.resolve(alice, asking(), at(), out));
  BOOST_REQUIRE(!out.variables().empty());
  freed_memory watch(marker);
  BOOST_CHECK_EXCEPTION(
      (void)service.resolve(alice, asking("Beta"), at(), out), std::runtime_error,
      [](const std::runtime_error& e) { return std::string_view(e.what()) == "the vault is sealed"; });
  watch.stop();
  BOOST_TEST(watch.blocks() > 1u);
  BOOST_TEST(watch.found() == 0u);
  BOOST_TEST(out.empty());
  BOOST_TEST(out.variables().empty());
  BOOST_TEST(!out.deadline().has_value());
  // The service goes on.
  contents.sealed = false;
  BOOST_TEST(resolve(asking()).starts_with("PAIR@North A_ID=AB(cache) "));
  BOOST_TEST(resolve(asking("Beta")).starts_with("ACCOUNT@default "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace own_source_test
