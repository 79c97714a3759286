// What is refused because of the configuration: access rules, a full cache, a rate.
#include <unistd.h>

#include "configured_daemon.hpp"

namespace refusal_test {

using namespace credcached::testing;

BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(rules_refuse_what_they_do_not_allow) {
  configured_daemon rules(
      "access:\n"
      "  - {peer: {uid: " +
      std::to_string(getuid()) +
      "}, actions: [list, resolve], owners: [\"*\"]}\n"
      "  - {peer: {uid: " +
      std::to_string(getuid()) + "}, actions: [add], owners: [alice], csps: [aws]}\n");
  auto& http = rules.http;
  BOOST_TEST(http.get(users).status == 200);
  check_problem(http.post(users, text(huawei())), 403, "Access Denied");
  check_problem(http.post(users, text(huawei()), as_user("alice")), 403, "Access Denied");
  BOOST_TEST(http.post(users, text(aws()), as_user("alice")).status == 204);
  check_problem(http.post(isvs, text(aws()), as_isv("alice")), 403, "Access Denied");
  check_problem(http.remove("/v1/credentials?all=true", as_user("alice")), 403, "Access Denied");
  BOOST_TEST(http.get("/v1/resolve?csp=aws", as_user("alice")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_full_cache_refuses_new_entries_and_keeps_the_old) {
  configured_daemon small("cache: {entries: 1}\n");
  auto& http = small.http;
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto refused = http.post(users, text(huawei()));
  check_problem(refused, 503, "Capacity Exceeded");
  BOOST_TEST(!refused.header("Retry-After").empty());
  BOOST_TEST(http.post(users, text(aws())).status == 204);  // replacing needs no room
  BOOST_TEST(column(http.get(users).json(), "csp") == "aws");
}

BOOST_AUTO_TEST_CASE(an_owner_has_so_many_credentials_and_no_more) {
  configured_daemon small("cache: {credentialsPerOwner: 1}\n");
  auto& http = small.http;
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto refused = http.post(users, text(huawei()));
  check_problem(refused, 503, "Capacity Exceeded");
  BOOST_TEST(!refused.header("Retry-After").empty());
  BOOST_TEST(http.post(users, text(huawei()), as_user("alice")).status == 204);
}

BOOST_AUTO_TEST_CASE(a_configured_rate_is_kept) {
  configured_daemon slow("limits: {requestsPerSecond: 0.01, requestsBurst: 3}\n");
  auto& http = slow.http;
  http_response last;
  for (int i = 0; i < 5 && last.status != 429; ++i) last = http.get(users);
  check_problem(last, 429, "Too Many Requests");
  BOOST_TEST(!last.header("Retry-After").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace refusal_test
