// Query parameters: what a path does not read is refused, not passed over (native API); nothing is read that is given twice.
#include "configured_daemon.hpp"

namespace parameters_test {

using namespace credcached::testing;

BOOST_FIXTURE_TEST_SUITE(parameters, running_daemon)

BOOST_AUTO_TEST_CASE(an_unknown_parameter_is_refused_with_the_ones_there_are) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const std::pair<const char*, const char*> cases[] = {
      {"/v1/resolve?csp=aws&siteName=Europe", "Did you mean site?"},
      {"/v1/resolve?csp=aws&minTTL=9999999", "Did you mean minTtl?"},
      {"/v1/resolve?cps=aws", "Did you mean csp?"},
      {"/v1/explain?csp=aws&format=json",
       "expected csp, site, type, name, profile, noProfile, minTtl, purpose, user and isv."},
      {"/v1/credentials?name=x", "expected csp, profile, noProfile, user and isv."},
      {"/v1/status?verbose=1", "this path takes none."},
  };
  for (const auto& [target, words] : cases) {
    const auto answer = http.get(target);
    BOOST_TEST_CONTEXT(target << answer) {
      check_problem(answer, 400, "Parameters Invalid");
      BOOST_TEST(contains(answer.body, "Unknown query parameter"));
      BOOST_TEST(contains(answer.body, words));
    }
  }
  check_problem(http.remove("/v1/credentials?cps=aws"), 400, "Parameters Invalid");
  check_problem(http.post("/v1/resolve?csp=aws", R"({"csp":"aws"})"), 400, "Parameters Invalid");
  BOOST_TEST(http.post("/v1/resolve?format=shell", R"({"csp":"aws"})").status == 200);
  BOOST_TEST(http.get("/v1/resolve?csp=aws").status == 200);
}

BOOST_AUTO_TEST_CASE(nothing_is_read_that_is_given_twice) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  for (const auto* target : {"/v1/resolve?csp=aws&csp=azure", "/v1/resolve?csp=aws&csp=aws",
                             "/v1/resolve?csp=aws&name=&name=", "/v1/explain?csp=aws&site=a&site=b",
                             "/xpanse/user/credentials?cspName=aws&cspName=azure",
                             "/xpanse/credentials/capabilities?cspName=aws&name=a&name=b"}) {
    const auto answer = http.get(target);
    BOOST_TEST_CONTEXT(target << answer) {
      check_problem(answer, 400, "Parameters Invalid");
      BOOST_TEST(contains(answer.body, "is given more than once"));
    }
  }
  check_problem(http.remove("/v1/credentials?csp=aws&csp=azure"), 400, "Parameters Invalid");
  check_problem(http.get("/v1/resolve?csp=aws&user=root&user=root"), 400, "Parameters Invalid");
  check_problem(http.get("/v1/resolve?csp=aws&user=root", as_user("root")), 400, "Parameters Invalid");
  BOOST_TEST(http.post("/v1/resolve", R"({"csp":"aws","csp":"azure"})").status == 400);
}

BOOST_AUTO_TEST_CASE(the_contract_of_xpanse_passes_over_unknown_parameters_and_blank_filters) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  BOOST_TEST(http.get("/xpanse/user/credentials?verbose=1&verbose=2").json().as_array().size() == 1U);
  BOOST_TEST(http.get("/xpanse/user/credentials?cspName=&type=").json().as_array().size() == 1U);
  const auto all = http.get("/xpanse/credentials/capabilities?cspName=aws").json().as_array().size();
  BOOST_TEST(all > 0U);
  for (const auto* blank : {"&name=", "&name=%20", "&type="})
    BOOST_TEST(http.get(std::string("/xpanse/credentials/capabilities?cspName=aws") + blank).json().as_array().size() ==
               all);
  BOOST_TEST(http.get("/healthz?probe=1").status == 200);
}

BOOST_AUTO_TEST_CASE(the_asterisks_of_a_list_are_no_deploy_variable) {
  const auto answer =
      http.post("/v1/resolve",
                R"({"csp":"aws","deployVariables":{"AWS_ACCESS_KEY_ID":"x","AWS_SECRET_ACCESS_KEY":"*********"}})");
  check_problem(answer, 422, "Unprocessable Entity");
  BOOST_TEST(contains(answer.body, "deployVariables.AWS_SECRET_ACCESS_KEY: found the asterisks"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace parameters_test
