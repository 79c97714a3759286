#include "address_policy.hpp"

#include <boost/test/unit_test.hpp>

namespace address_policy_test {

using namespace credcached::courier;

BOOST_AUTO_TEST_SUITE(courier_address_policy)

BOOST_AUTO_TEST_CASE(who_reaches_an_address) {
  struct row {
    const char* address;
    reach what;
  };
  constexpr row table[] = {
      {"8.8.8.8", reach::everybody},
      {"1.0.0.0", reach::everybody},
      {"100.63.255.255", reach::everybody},
      {"100.128.0.0", reach::everybody},
      {"168.63.129.17", reach::everybody},
      {"169.253.255.255", reach::everybody},
      {"172.15.255.255", reach::everybody},
      {"172.32.0.0", reach::everybody},
      {"192.0.1.0", reach::everybody},
      {"192.167.255.255", reach::everybody},
      {"223.255.255.255", reach::everybody},
      {"2606:4700::1111", reach::everybody},
      {"2001:200::1", reach::everybody},
      {"64:ff9b::8.8.8.8", reach::everybody},
      {"10.0.0.0", reach::some},
      {"10.255.255.255", reach::some},
      {"172.16.0.1", reach::some},
      {"172.31.255.255", reach::some},
      {"192.168.1.1", reach::some},
      {"100.64.0.1", reach::some},
      {"100.127.255.255", reach::some},
      {"198.18.0.1", reach::some},
      {"fc00::1", reach::some},
      {"fd12:3456::1", reach::some},
      {"64:ff9b::10.0.0.1", reach::some},
      {"127.0.0.1", reach::loopback},
      {"127.255.255.255", reach::loopback},
      {"::1", reach::loopback},
      {"64:ff9b::127.0.0.1", reach::never},
      {"::ffff:0:127.0.0.1", reach::never},
      {"200::1", reach::never},
      {"4000::1", reach::never},
      {"5f00::1", reach::never},
      {"fd00:a9fe:a9fe::1", reach::never},
      {"fd00:c1::a9fe:a9fe", reach::never},
      {"fd00:42::42", reach::never},
      {"3fff:ffff::1", reach::everybody},
      {"0.0.0.0", reach::never},
      {"0.1.2.3", reach::never},
      {"169.254.0.1", reach::never},
      {"169.254.169.254", reach::never},
      {"169.254.170.2", reach::never},
      {"100.100.100.200", reach::never},
      {"168.63.129.16", reach::never},
      {"192.0.0.192", reach::never},
      {"224.0.0.1", reach::never},
      {"239.255.255.255", reach::never},
      {"240.0.0.1", reach::never},
      {"255.255.255.255", reach::never},
      {"::", reach::never},
      {"::8.8.8.8", reach::never},
      {"::2", reach::never},
      {"::ffff:8.8.8.8", reach::never},
      {"::ffff:169.254.169.254", reach::never},
      {"64:ff9b::169.254.169.254", reach::never},
      {"64:ff9b:1::1", reach::never},
      {"100::1", reach::never},
      {"2001::1", reach::never},
      {"2002:a9fe:a9fe::1", reach::never},
      {"fd00:ec2::254", reach::never},
      {"fd20:ce::254", reach::never},
      {"fe80::1", reach::never},
      {"febf::1", reach::never},
      {"fec0::1", reach::never},
      {"ff02::1", reach::never},
  };
  for (const row& r : table) BOOST_TEST((reach_of(boost::asio::ip::make_address(r.address)) == r.what), r.address);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace address_policy_test
