#include "base/spelling.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

namespace spelling_test {

using namespace credcache;

BOOST_AUTO_TEST_SUITE(spelling)

BOOST_AUTO_TEST_CASE(letters_are_added_left_out_changed_and_swapped) {
  BOOST_TEST(spelling_distance("", "") == 0U);
  BOOST_TEST(spelling_distance("", "csp") == 3U);
  BOOST_TEST(spelling_distance("csp", "CSP") == 0U);
  BOOST_TEST(spelling_distance("minTTL", "minTtl") == 0U);
  BOOST_TEST(spelling_distance("cps", "csp") == 1U);
  BOOST_TEST(spelling_distance("ca", "abc") == 3U);
  BOOST_TEST(spelling_distance("siteName", "site") == 4U);
  BOOST_TEST(spelling_distance("aws", "azure") == 4U);
}

BOOST_AUTO_TEST_CASE(the_nearest_name_is_the_one_that_was_meant) {
  constexpr std::array<std::string_view, 4> known{"csp", "site", "type", "minTtl"};
  const auto meant = [&](std::string_view given) { return meant_name(given, known).value_or("none"); };
  BOOST_TEST(meant("cps") == "csp");
  BOOST_TEST(meant("sites") == "site");
  BOOST_TEST(meant("min_ttl") == "minTtl");
  BOOST_TEST(meant("minTTL") == "minTtl");
  BOOST_TEST(meant("siteName") == "site");
  BOOST_TEST(meant("region") == "none");
  BOOST_TEST(meant("") == "none");
  BOOST_TEST(meant(std::string(1'000, 'x')) == "none");
  BOOST_TEST(did_you_mean("tpye", known) == " Did you mean type?");
  BOOST_TEST(did_you_mean("region", known).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace spelling_test
