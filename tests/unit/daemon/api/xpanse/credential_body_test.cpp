// What an add says in the Nexus form; and long bodies get no long answers.
#include "connection_scene.hpp"

namespace credential_body_test {

using namespace credcached;
using namespace credcached::testing;

BOOST_FIXTURE_TEST_SUITE(credential_body, connection_scene)

BOOST_AUTO_TEST_CASE(the_name_of_a_provider_of_nexus_is_the_profile) {
  const auto add = [&](const std::string& members) {
    return ask(
        request_text("POST", users, R"({"csp":"Alpha",)" + members + R"(,"credentials":{"id":"ID1","secret":"s"}})"));
  };
  BOOST_TEST(add(R"("name":"AWS Production")").starts_with("HTTP/1.1 204 "));
  BOOST_TEST(ask(request_text("GET", "/v1/credentials")).find(R"("profile":"AWS Production")") != std::string::npos);
  BOOST_TEST(ask(request_text("GET", users)).ends_with("\r\n[]"));  // xpanse knows no profiles
  BOOST_TEST(add("\"name\":\"" + std::string(65, 'x') + "\"").find("name: found 65 characters, expected 1 to 64.") !=
             std::string::npos);
  BOOST_TEST(add(R"("profile":"a\u009bb")").find("profile: found a control character") != std::string::npos);
  BOOST_TEST(add(R"("profile":" ")").starts_with("HTTP/1.1 422 "));
  BOOST_TEST(add(R"("profile":null)").starts_with("HTTP/1.1 422 "));
}

BOOST_AUTO_TEST_CASE(a_label_that_is_the_name_of_a_definition_means_it) {
  const auto answer =
      ask(request_text("POST", users, R"({"csp":"Alpha","name":"TOKEN","credentials":{"A_TOKEN":"t"}})"));
  BOOST_TEST(answer.starts_with("HTTP/1.1 204 "), answer);
  BOOST_TEST(ask(request_text("GET", "/v1/credentials")).find(R"("name":"TOKEN")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(thousands_of_unknown_members_are_counted_and_not_all_named) {
  std::string body = "{";
  for (int i = 0; i < 5'000; ++i) body += "\"m" + std::to_string(i) + "\":1,";
  body.back() = '}';
  const auto answer = ask(request_text("POST", users, body));
  BOOST_TEST(answer.starts_with("HTTP/1.1 400 "));
  BOOST_TEST(answer.find("4984 more") != std::string::npos);
  BOOST_TEST(answer.size() < 16U * 1'024);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace credential_body_test
