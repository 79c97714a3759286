#include "cli/settings_file.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "cli/exit_code.hpp"
#include "files.hpp"

namespace settings_file_test {

using namespace credcached::cli;
using namespace credcached::testing;

namespace {

struct scene {
  temporary_folder folder;
  std::string file = folder / "settings";

  std::string value(std::string_view content, std::string_view name, std::string_view section = {}) const {
    write_text(file, content);
    try {
      return std::string(settings_file(file, section).find(name).value_or("-"));
    } catch (const usage_error& e) {
      return e.what();
    }
  }
};

constexpr std::string_view aws = R"(# a comment
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=a=b/c+"d' $x#e
s3 =
  aws_access_key_id = AKIANESTED

[ prod ]
AWS_ACCESS_KEY_ID =  AKIAPROD
aws_session_token =
[profile other] ; of somebody else
aws_access_key_id = AKIAOTHER
)";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(settings_files, scene)

BOOST_AUTO_TEST_CASE(a_section_counts_alone_and_values_in_it_are_taken_as_they_stand) {
  BOOST_TEST(value(aws, "AWS_ACCESS_KEY_ID") == "AKIADEFAULT");
  BOOST_TEST(value(aws, "AWS_SECRET_ACCESS_KEY") == "a=b/c+\"d' $x#e");
  BOOST_TEST(value(aws, "AWS_ACCESS_KEY_ID", "prod") == "AKIAPROD");
  BOOST_TEST(value(aws, "AWS_SECRET_ACCESS_KEY", "prod") == "-");
  BOOST_TEST(value(aws, "AWS_SESSION_TOKEN", "prod") == "-");
  BOOST_TEST(value(aws, "AWS_ACCESS_KEY_ID", "other") == "AKIAOTHER");
  for (const auto* text : {"k # c", "k ; c"})
    BOOST_TEST(value("[a]\nx=" + std::string(text), "X", "a").find("line 2 of section a of ") == 0U, text);
  BOOST_TEST(value("[a]\r\nx = 1\r\nx = 2\r\n", "X", "a") == "2");
}

BOOST_AUTO_TEST_CASE(a_section_that_is_not_there_is_named_with_those_that_are) {
  const auto unknown = value(aws, "X", "pord");
  BOOST_TEST(unknown.find("found no section \"pord\"") == 0U);
  BOOST_TEST(unknown.find("one of default, prod, other") != unknown.npos);
  BOOST_TEST(value("[prod]\nx=1\n", "X").find("one of prod") != std::string::npos);
  BOOST_TEST(value("x=1\n", "X", "prod").find("it has none") != std::string::npos);
  BOOST_TEST(value("", "X") == "-");
}

BOOST_AUTO_TEST_CASE(lines_without_sections_are_read_as_a_shell_would) {
  const std::pair<const char*, const char*> cases[] = {{"X=plain", "plain"},
                                                       {"export X=https://a.b:5000/v3", "https://a.b:5000/v3"},
                                                       {"X='it is $HOME'", "it is $HOME"},
                                                       {"X=\"two words\"", "two words"},
                                                       {"X=\"\"", "-"},
                                                       {"#X=1", "-"},
                                                       {"x=lower", "lower"},
                                                       {"X=1\nX=2", "2"},
                                                       {"read -sr X\nX=1", "1"},
                                                       {"XY=1", "-"},
                                                       {"X=a=b", "a=b"},
                                                       {"export\tX=1", "1"}};
  for (const auto& [content, expected] : cases) BOOST_TEST_CONTEXT(content) BOOST_TEST(value(content, "X") == expected);
}

BOOST_AUTO_TEST_CASE(what_needs_a_shell_is_refused_and_not_shown) {
  for (const auto* text :
       {"$OTHER", "a b", "a#b", "\"$x\"", "'a", "a'b'", "`id`", "\"a\\nb\"", "'it'\\''s'", "x;y", "'"}) {
    const auto refused = value("\nX=" + std::string(text), "X");
    BOOST_TEST_CONTEXT(refused) {
      BOOST_TEST(refused.starts_with("line 2 of " + file + ": "));
      BOOST_TEST(refused.find("--from-env") != refused.npos);
    }
  }
  BOOST_TEST(value("X=$OTHER", "OTHER") == "-");                              // what nobody asks for is not looked at
  BOOST_TEST(value("NOTE=\"see\nX=old\n\"", "X").starts_with("line 1 of "));  // but that it may hold a line like ours
  BOOST_TEST(value("X=MARKER hidden", "X").find("MARKER") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace settings_file_test
