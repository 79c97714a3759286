#include "outgoing/courier_request.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

#include "freed_memory.hpp"

namespace courier_request_test {

using namespace credcached;
using outgoing::courier_request;

BOOST_AUTO_TEST_SUITE(outgoing_courier_request)

BOOST_AUTO_TEST_CASE(the_request_and_its_rules) {
  courier_request request("POST", "https://a.example:8443/b?c");
  request.field("Authorization", "Bearer t").body("text/plain", "xyz");
  BOOST_TEST(request.text({}).reveal() ==
             "POST https://a.example:8443/b?c HTTP/1.1\r\nHost: a.example:8443\r\nAuthorization: Bearer t\r\n"
             "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nxyz");
  const config::outgoing rules{.enabled = true,
                               .courier = "unix:/c",
                               .ca = "/ca.pem",
                               .proxy = "http://p:1",
                               .no_proxy = {"a", ".b"},
                               .allow = {"never.sent"},
                               .allow_private = {"c", "10.0.0.0/8"},
                               .allow_http = true};
  BOOST_TEST(courier_request("GET", "https://a/").text(rules).reveal() ==
             "GET https://a/ HTTP/1.1\r\nHost: a\r\nCourier-Ca: /ca.pem\r\nCourier-Proxy: "
             "http://p:1\r\nCourier-No-Proxy: a,.b\r\n"
             "Courier-Allow-Private: c,10.0.0.0/8\r\nCourier-Allow-Http: 1\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_moved_request_still_knows_where_to) {
  courier_request first("GET", "https://a.example/");
  const courier_request second(std::move(first));
  BOOST_TEST(second.to().host == "a.example");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_request) {
  using wrong = std::invalid_argument;
  BOOST_CHECK_THROW(courier_request("HEAD", "https://a/"), wrong);
  BOOST_CHECK_THROW(courier_request("get", "https://a/"), wrong);
  BOOST_CHECK_THROW(courier_request("GET", "https://a/\r\nX: y"), wrong);
  BOOST_CHECK_THROW(courier_request("GET", "https://user@a/"), wrong);
  courier_request request("GET", "https://a/");
  for (const char* name : {"", "a b", "a:", "a\r\nb"}) BOOST_CHECK_THROW(request.field(name, "x"), wrong);
  for (const char* value : {"a\r\nX: y", "\n", "\x7f", "\x01"}) BOOST_CHECK_THROW(request.field("A", value), wrong);
  BOOST_CHECK_THROW(request.field("A", std::string(20'000, 'x')), wrong);
  BOOST_CHECK_THROW(request.body("text/plain", std::string(65'537, 'x')), wrong);
}

BOOST_AUTO_TEST_CASE(a_field_is_no_rule_and_nothing_that_is_written_anyway) {
  for (const auto* name : {"Courier-Allow-Private", "courier-proxy", "Courier-", "Host", "content-length"}) {
    courier_request r("GET", "https://a.example/");
    BOOST_CHECK_THROW(r.field(name, "*"), std::invalid_argument);
  }
}

BOOST_AUTO_TEST_CASE(endpoints_that_a_user_may_name) {
  const auto may = [](std::vector<std::string> allow, const char* url) {
    return outgoing::may_be_named({.allow = std::move(allow)}, courier_request("GET", url).to());
  };
  BOOST_TEST(!may({}, "https://minio.example/"));
  BOOST_TEST(may({"other", "minio.example"}, "https://minio.example:9000/"));
  BOOST_TEST(!may({"minio.example"}, "https://evil.minio.example/"));
  BOOST_TEST(may({".minio.example"}, "https://a.minio.example/"));
  BOOST_TEST(!may({"minio.example:9000"}, "https://minio.example/"));
  BOOST_TEST(may({"*"}, "https://anything/"));
}

BOOST_AUTO_TEST_CASE(nothing_of_a_request_stays_in_freed_memory) {
  const std::string secret(600, 's'), url = "https://a/?key=" + secret;
  credcache::testing::freed_memory watch(std::string_view(secret).substr(0, 16));
  {
    courier_request request("POST", url);
    request.field("Authorization", secret).body("text/plain", secret);
    const auto text = request.text({});
  }
  watch.stop();
  BOOST_TEST(watch.blocks() != 0U);
  BOOST_TEST(watch.found() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace courier_request_test
