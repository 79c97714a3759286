// Errors as texts, and as the exception that result<T>::value() throws.
#include "credcache/result.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <type_traits>

namespace error_test {

using namespace credcache;

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(error::cache_full); ++i) {
    const std::string_view name = to_string(static_cast<error>(i));
    BOOST_TEST(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == name.npos);
    BOOST_TEST(names.insert(name).second);
  }
  BOOST_TEST(to_string(error::unknown_csp) == "unknown_csp");
}

BOOST_AUTO_TEST_CASE(value_throws_the_code_and_all_details) {
  const result<int> refused = failure{error::expires_too_soon, {"First.", "Second."}, std::chrono::seconds(7)};
  try {
    (void)refused.value();
    BOOST_FAIL("nothing was thrown");
  } catch (const credential_error& e) {
    const credential_error copy = e;
    BOOST_TEST((copy.code() == error::expires_too_soon));
    BOOST_TEST((copy.reason().details == std::vector<std::string>{"First.", "Second."}));
    BOOST_TEST((copy.reason().remaining == std::chrono::seconds(7)));
    BOOST_TEST(std::string_view(copy.what()) == "expires_too_soon: First. Second.");
  }
  static_assert(std::is_nothrow_copy_constructible_v<credential_error>);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace error_test
