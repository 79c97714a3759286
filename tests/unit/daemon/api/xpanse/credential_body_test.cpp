// What an add says in the Nexus form leaves nothing behind, its label least of all; and long bodies get no long answers.
#include "connection_scene.hpp"

using namespace credcached;
using namespace credcached::testing;

BOOST_FIXTURE_TEST_SUITE(credential_body, connection_scene)

BOOST_AUTO_TEST_CASE(a_label_becomes_the_description_and_is_in_no_memory_that_is_freed) {
  const std::string label = "a label that only its owner may see, and longer than any small text";
  const std::string request = request_text(
      "POST", users, R"({"csp":"Alpha","name":")" + label + R"(","credentials":{"id":"ID1","secret":"s"}})");
  credcache::testing::freed_memory watch(std::string_view(label).substr(0, 24));
  const auto answer = ask(request);
  watch.stop();
  BOOST_TEST(answer.starts_with("HTTP/1.1 204 "), answer);
  BOOST_TEST(watch.blocks() > 0U);
  BOOST_TEST(watch.found() == 0U);
  BOOST_TEST(ask(request_text("GET", users)).find(label) != std::string::npos);
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
