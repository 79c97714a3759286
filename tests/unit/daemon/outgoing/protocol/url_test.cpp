#include "outgoing/protocol/url.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace url_test {

using namespace credcached::outgoing;

BOOST_AUTO_TEST_SUITE(outgoing_url)

BOOST_AUTO_TEST_CASE(parts) {
  const auto all = parse_url("https://sts.eu-west-1.amazonaws.com:8443/a/b?c=d%20");
  BOOST_TEST_REQUIRE(all.has_value());
  BOOST_TEST(all->https);
  BOOST_TEST(all->authority == "sts.eu-west-1.amazonaws.com:8443");
  BOOST_TEST(all->host == "sts.eu-west-1.amazonaws.com");
  BOOST_TEST(all->port == 8443);
  BOOST_TEST(all->target == "/a/b?c=d%20");

  BOOST_TEST(parse_url("https://a/")->port == 443);
  BOOST_TEST(parse_url("http://a/")->port == 80);
  BOOST_TEST(!parse_url("http://a/")->https);
  const auto v6 = parse_url("https://[2001:db8::1]:9/");
  BOOST_TEST(v6->host == "2001:db8::1");
  BOOST_TEST(v6->authority == "[2001:db8::1]:9");
  BOOST_TEST(parse_url("https://192.0.2.1/")->host == "192.0.2.1");
  BOOST_TEST(parse_url("https://under_score.s3.example/")->host == "under_score.s3.example");
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  for (const char* text : {"",
                           "https://",
                           "https:///",
                           "https://a",
                           "https://a?b",
                           "//a/",
                           "HTTPS://a/",
                           "ftp://a/",
                           "https:/a/",
                           "https://user@a/",
                           "https://user:pw@a/",
                           "https://a/#f",
                           "https://a/ b",
                           "https://a/\x7f",
                           "https://a/\xc3\xa4",
                           "https://a:/",
                           "https://a:0/",
                           "https://a:65536/",
                           "https://a:80:80/",
                           "https://a:+1/",
                           "https://a..b/",
                           "https://.a/",
                           "https://a./",
                           "https://ä/",
                           "https://a b/",
                           "https://a%2eb/",
                           "https://127.1/",
                           "https://0x7f.0.0.1/",
                           "https://0x7f000001/",
                           "https://2130706433/",
                           "https://127.0.0.01/",
                           "https://1.2.3.256/",
                           "https://a.0/",
                           "https://[::1/",
                           "https://[::1]a/",
                           "https://[fe80::1%25eth0]/",
                           "https://[fe80::1%eth0]/",
                           "https://::1/",
                           "https://[127.0.0.1]/",
                           "https://[]/"})
    BOOST_TEST(!parse_url(text).has_value(), text);
  BOOST_TEST(!parse_url("https://" + std::string(254, 'a') + "/").has_value());
  BOOST_TEST(!parse_url(std::string_view("https://127.0.0.1\0.a/", 21)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace url_test
