// The table of errors: how an answer finds its row, and that docs/cli.md explains the exit codes.
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "api/error.hpp"
#include "files.hpp"

namespace error_test {

using namespace credcached;
using namespace credcached::api;

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(an_answer_finds_its_row_by_error_type) {
  std::set<std::string_view> types;
  for (std::size_t i = 0; i < error_kinds; ++i) {
    const error_row& row = row_of(static_cast<error_kind>(i));
    BOOST_TEST_CONTEXT(row.error_type) {
      BOOST_TEST(types.insert(row.error_type).second);
      BOOST_TEST((row_of(row.status, row.error_type).kind == row.kind));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_answer_with_another_error_type_is_taken_by_its_status) {
  BOOST_TEST((row_of(409, "").kind == error_kind::expires_too_soon));
  BOOST_TEST((row_of(403, "Something New").kind == error_kind::access_denied));
  BOOST_TEST((row_of(504, "").kind == error_kind::upstream_timeout));
  BOOST_TEST((row_of(418, "I'm a Teapot").kind == error_kind::internal));
}

BOOST_AUTO_TEST_CASE(every_exit_code_is_in_the_document_of_the_command_line) {
  const std::string document = testing::read_text(SOURCE_FOLDER "/docs/cli.md");
  for (std::size_t i = 0; i < error_kinds; ++i) {
    const error_row& row = row_of(static_cast<error_kind>(i));
    BOOST_TEST_CONTEXT(row.error_type) {
      const auto begin = document.find("\n| " + std::to_string(row.exit_code) + " | ");
      BOOST_TEST_REQUIRE(begin != document.npos);
      // 1 is for all others; the errors that have a code of their own are named with it.
      const auto line = document.substr(begin + 1, document.find('\n', begin + 1) - begin);
      BOOST_TEST((row.exit_code == 1 || line.find("*" + std::string(row.error_type) + "*") != line.npos));
    }
  }
}

// The library knows no daemon: what to do about one stands in the table.
BOOST_AUTO_TEST_CASE(the_daemon_adds_its_own_advice_to_what_the_library_refuses) {
  for (const auto code : {credcache::error::csp_not_active, credcache::error::variables_not_complete}) {
    const error refusal = error_from({code, {"What the library says."}});
    BOOST_REQUIRE(refusal.details.size() == 2u);
    BOOST_TEST(refusal.details[0] == "What the library says.");
    BOOST_TEST(refusal.details[1] == row_of(refusal.kind).advice);
    BOOST_TEST(refusal.details[1].find("the daemon's configuration") != std::string::npos);
  }
  BOOST_TEST(error_from({credcache::error::cache_full, {"Full."}}).details.size() == 1u);
  for (const auto code :
       {credcache::error::invalid_owner, credcache::error::empty_removal, credcache::error::unknown_csp})
    BOOST_TEST((error_from({code, {"Wrong."}}).kind == error_kind::parameters_invalid));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace error_test
