#include "cli/inherited.hpp"

#include <boost/test/unit_test.hpp>
#include <span>
#include <sstream>

namespace inherited_test {

using namespace credcached::cli;

namespace {

/// The names that are inherited, and behind a bar those that are told.
std::string names(const exec_options& options) {
  static std::vector<std::string> variables{"PATH=/bin",         "LC_ALL=C",  "AWS_PROFILE=old",
                                            "AWS_REGION=",       "OTHER=x=y", "AWS_ENDPOINT_URL_SQS=u",
                                            "AWS_ENDPOINT_URL=u"};
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  const auto result =
      inherited(environment.data(), {"AWS_PROFILE", "AWS_REGION", "AWS_ROLE_ARN", "AWS_ENDPOINT_URL_*"}, options);
  BOOST_REQUIRE(result.entries.back() == nullptr);
  std::ostringstream text;
  for (const std::string_view entry : std::span(result.entries).first(result.entries.size() - 1))
    text << entry.substr(0, entry.find('=')) << ' ';
  text << '|';
  for (const auto name : result.removed) text << ' ' << name;
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(what_a_command_inherits)

BOOST_AUTO_TEST_CASE(is_everything_but_what_may_stand_for_another_credential) {
  BOOST_TEST(names({}) == "PATH LC_ALL OTHER AWS_ENDPOINT_URL | AWS_ENDPOINT_URL_SQS AWS_PROFILE AWS_REGION");
}

BOOST_AUTO_TEST_CASE(is_also_what_is_kept) {
  exec_options options;
  options.keep = {"AWS_REGION", "AWS_ROLE_ARN", "AWS_ENDPOINT_URL_SQS"};
  BOOST_TEST(names(options) == "PATH LC_ALL AWS_REGION OTHER AWS_ENDPOINT_URL_SQS AWS_ENDPOINT_URL | AWS_PROFILE");
}

BOOST_AUTO_TEST_CASE(is_little_if_it_should_be_pristine) {
  exec_options options;
  options.pristine = true;
  BOOST_TEST(names(options) == "PATH LC_ALL |");
  options.keep = {"AWS_PROFILE", "OTHER"};
  BOOST_TEST(names(options) == "PATH LC_ALL AWS_PROFILE OTHER |");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace inherited_test
