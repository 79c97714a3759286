#include "outgoing/protocol/host_list.hpp"

#include <boost/test/unit_test.hpp>

namespace host_list_test {

using namespace credcached::outgoing;

BOOST_AUTO_TEST_SUITE(outgoing_host_list)

BOOST_AUTO_TEST_CASE(hosts) {
  struct row {
    const char *list, *host;
    bool with_subdomains, exact;
  };
  constexpr row table[] = {
      {"", "a.example", false, false},
      {"*", "a.example", true, true},
      {"*", "192.0.2.1", true, true},
      {"a.example", "a.example", true, true},
      {"A.EXAMPLE", "a.example", true, true},
      {"example", "a.example", true, false},
      {"example", "anexample", false, false},
      {".example", "a.example", true, true},
      {".example", "b.a.example", true, true},
      {".example", "example", true, true},
      {".example", "anexample", false, false},
      {"x, a.example ,y", "a.example", true, true},
      {",,a.example,", "a.example", true, true},
      {"a.example:8443", "a.example", true, true},
      {"a.example:443", "a.example", false, false},
      {".example:8443", "a.example", true, true},
      {"10.0.0.0/8", "10.1.2.3", true, true},
      {"10.0.0.0/8", "11.1.2.3", false, false},
      {"10.1.2.3/8", "10.9.9.9", true, true},
      {"10.1.2.3", "10.1.2.3", true, true},
      {"10.1.2.3", "10.1.2.4", false, false},
      {"0.0.0.0/0", "192.0.2.1", true, true},
      {"0.0.0.0/0", "2001:db8::1", false, false},
      {"0.0.0.0/0", "a.example", false, false},
      {"2001:db8::/32", "2001:db8:1::1", true, true},
      {"2001:db8::1", "2001:DB8:0::1", true, true},
      {"[2001:db8::1]:8443", "2001:db8::1", true, true},
      {"[2001:db8::1]", "2001:db8::1", true, true},
      {"10.0.0.0/33", "10.1.2.3", false, false},
      {"10.0.0.0/-1", "10.1.2.3", false, false},
      {"10.0.0/8", "10.0.0.1", false, false},
      {".10.1.2.3", "10.1.2.3", false, false},
      {"3", "10.1.2.3", false, false},
  };
  for (const row& r : table) BOOST_TEST_CONTEXT(r.list << " and " << r.host) {
      BOOST_TEST(has_host(r.list, r.host, 8443, subdomains::included) == r.with_subdomains);
      BOOST_TEST(has_host(r.list, r.host, 8443, subdomains::excluded) == r.exact);
    }
}

BOOST_AUTO_TEST_CASE(addresses) {
  const auto has = [](const char* list, const char* address) {
    return has_address(list, boost::asio::ip::make_address(address));
  };
  BOOST_TEST(has("a.example, 10.0.0.0/8", "10.1.2.3"));
  BOOST_TEST(has("fd00::/8", "fd12::1"));
  BOOST_TEST(!has("*", "10.1.2.3"));
  BOOST_TEST(!has("10.0.0.0/8", "::ffff:10.1.2.3"));
  BOOST_TEST(!has("", "10.1.2.3"));
}

BOOST_AUTO_TEST_CASE(entries) {
  for (const char* entry : {"*", "a", "a.example", ".a.example", "a.example:80", "10.0.0.1", "10.0.0.0/8",
                            "10.0.0.1:80", "fd00::/8", "::1", "[::1]", "[::1]:80"})
    BOOST_TEST(is_host_entry(entry), entry);
  for (const char* entry :
       {"", "a b", "a,b", "https://a", "a/", "a/8", "*.a", "10.0.0.0/33", "::/129", "a:0", ".10.0.0.1", ".", "a..b"})
    BOOST_TEST(!is_host_entry(entry), entry);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace host_list_test
