// What a peer names is shown as it is, or as an escape, and never as something else.
#include "json/visible_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "audit/audit_log.hpp"
#include "files.hpp"

namespace visible_json_test {

using namespace credcached;
using namespace credcached::testing;

namespace {

std::string shown(std::string_view text) {
  credcache::secret_buffer shown;
  json::append_visible(shown, text);
  return std::string(shown.reveal());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(visible_json)

BOOST_AUTO_TEST_CASE(controls_and_marks_of_direction_become_escapes_and_letters_stay) {
  BOOST_TEST(shown(R"({"user":"alice"})") == R"({"user":"alice"})");
  BOOST_TEST(shown("Zo\xc3\xab \xe6\xb1\x89 \xf0\x9f\x94\x91 \xc2\xa0") ==
             "Zo\xc3\xab \xe6\xb1\x89 \xf0\x9f\x94\x91 \xc2\xa0");
  BOOST_TEST(shown("[\n1]\n") == "[\n1]\n");
  BOOST_TEST(shown("\x7f") == R"(\u007f)");
  BOOST_TEST(shown("\xc2\x80\xc2\x9b\xc2\x9f") == R"(\u0080\u009b\u009f)");
  BOOST_TEST(shown("\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f") == R"(\u061c\u200e\u200f)");
  BOOST_TEST(shown("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xae") == R"(\u2028\u2029\u202a\u202e)");
  BOOST_TEST(shown("\xe2\x81\xa6\xe2\x81\xa9") == R"(\u2066\u2069)");
}

BOOST_AUTO_TEST_CASE(a_line_of_the_audit_reads_the_same_as_json) {
  const temporary_folder folder;
  const std::string owner =
      "a\xc2\x9b"
      "2J\xe2\x80\xae"
      "evil";
  audit::audit_log log;
  log.use(audit::open_audit_file({folder / "audit", config::audit_failure::count}));
  audit::audit_event e;
  e.event = "refusal";
  e.owner.emplace(credcache::owner_view{credcache::owner_kind::user, owner});
  BOOST_TEST(log.write(e, credcache::now().wall));
  const std::string line = read_text(folder / "audit");
  BOOST_TEST(line.find("\xc2\x9b") == std::string::npos);
  BOOST_TEST(line.find("\xe2\x80\xae") == std::string::npos);
  BOOST_TEST(std::string(boost::json::parse(line).at("user").as_string()) == owner);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace visible_json_test
