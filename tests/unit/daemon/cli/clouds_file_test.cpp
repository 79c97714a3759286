#include "cli/clouds_file.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "cli/exit_code.hpp"
#include "files.hpp"
#include "only_thread.hpp"

namespace clouds_file_test {

using namespace credcached::cli;
using namespace credcached::testing;

namespace {

constexpr std::string_view two_clouds = R"(# as openstacksdk has it
clouds:
  testlab:
    auth:
      auth_url: https://keystone.example:5000/v3
      username: "alice"
      password: 'a=b "c": #d'
      project_name: 0123
      user_domain_name:
    region_name: RegionOne
    regions: [RegionOne, RegionTwo]
    verify: true
  other:
    auth: {auth_url: "https://other.example", password: other}
)";

constexpr std::string_view one_cloud = "clouds: {only: {auth: {password: secret-of-only}}}";

struct scene {
  scene() { credcache::testing::wait_for_other_threads(); }

  temporary_folder folder;
  std::string file = folder / "clouds.yaml";

  std::string value(std::string_view content, std::string_view name, std::string_view cloud = {},
                    std::string_view profile = {}) const {
    write_text(file, content);
    try {
      return std::string(clouds_file(file, cloud, profile).find(name).value_or("-"));
    } catch (const usage_error& e) {
      return e.what();
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(clouds_files, scene)

BOOST_AUTO_TEST_CASE(settings_are_found_by_the_names_they_have_in_the_environment) {
  BOOST_TEST(value(two_clouds, "OS_AUTH_URL", "testlab") == "https://keystone.example:5000/v3");
  BOOST_TEST(value(two_clouds, "OS_USERNAME", "testlab") == "alice");
  BOOST_TEST(value(two_clouds, "OS_PASSWORD", "testlab") == "a=b \"c\": #d");
  BOOST_TEST(value(two_clouds, "OS_PROJECT_NAME", "testlab") == "0123");
  BOOST_TEST(value(two_clouds, "OS_REGION_NAME", "testlab") == "RegionOne");
  for (const auto* name : {"OS_USER_DOMAIN_NAME", "OS_REGIONS", "OS_AUTH", "OS_PASS", "PASSWORD", ""})
    BOOST_TEST(value(two_clouds, name, "testlab") == "-", name);
  const std::vector<std::string_view> account{"OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME"};
  BOOST_TEST(clouds_file(file, "testlab").account_names() == account, boost::test_tools::per_element());
  BOOST_TEST(value(two_clouds, "OS_PASSWORD", "other") == "other");
  BOOST_TEST(value(two_clouds, "OS_USERNAME", "other") == "-");
}

BOOST_AUTO_TEST_CASE(the_cloud_is_the_one_named_or_that_of_the_profile_or_the_only_one) {
  BOOST_TEST(value(two_clouds, "OS_PASSWORD", {}, "other") == "other");
  BOOST_TEST(value(two_clouds, "OS_USERNAME", "testlab", "other") == "alice");
  BOOST_TEST(value(one_cloud, "OS_PASSWORD") == "secret-of-only");
  BOOST_TEST(value(two_clouds, "X") == "found 2 clouds in " + file + ", expected --section with one of testlab, other");
  BOOST_TEST(value(one_cloud, "X", "testlba") ==
             "found no cloud \"testlba\" in " + file + ", expected --section with one of only");
  BOOST_TEST(value(one_cloud, "X", {}, "prod") ==
             "found no cloud \"prod\" in " + file + ", expected --section with one of only");
  write_text(file, one_cloud);
  BOOST_TEST(clouds_file(file, {}).called() == "cloud only of " + file);
}

BOOST_AUTO_TEST_CASE(a_refusal_says_where_and_never_what) {
  const std::pair<const char*, const char*> cases[] = {
      {"clouds:\n  a: s3cret", ":2:6: found text, expected clouds.yaml: "},
      {"clouds:\n  a:\n    auth: s3cret", ":3:11: found text, expected clouds.yaml: "},
      {"clouds: s3cret", ":1:9: found text, expected clouds.yaml: "},
      {"s3cret", ":1:1: found text, expected clouds.yaml: "},
      {"clouds:\n  a:\n    auth:\n      password: \"s3cret\\~\"", ":4:"},
      {"clouds: {a: {auth: {password: &x s3cret}}}", "found an anchor"},
      {"clouds: {a: {auth: {password: \"s3cret\\0OS_USERNAME=x\"}}}", ":1:31: found a zero byte, expected text"},
      {"clouds: {a: {profile: s3cret}}", ":1:23: found a vendor's settings by their name"},
      {"clouds: {}", "expected --section with one of them, but it has none"},
      {"", "found nothing, expected clouds.yaml: "},
  };
  for (const auto& [content, expected] : cases) {
    BOOST_TEST_CONTEXT(content) {
      const auto text = value(content, "OS_PASSWORD");
      BOOST_TEST(text.find(expected) != text.npos, text);
      BOOST_TEST(text.find("s3cret") == text.npos, text);
      BOOST_TEST(text.find('~') == text.npos, text);
    }
  }
  BOOST_CHECK_THROW(clouds_file("/nowhere/clouds.yaml", {}), usage_error);
}

BOOST_AUTO_TEST_CASE(keys_are_read_as_openstacksdk_reads_them) {
  constexpr std::string_view odd =
      "clouds: {a: {password: beside, region-name: R, auth: {password: inside, auth-url: u, \"username=x\": y}}}";
  BOOST_TEST(value(odd, "OS_PASSWORD") == "inside");  // what stands below auth wins
  BOOST_TEST(value(odd, "OS_REGION_NAME") == "R");
  BOOST_TEST(value(odd, "OS_AUTH_URL") == "u");
  BOOST_TEST(value(odd, "OS_USERNAME") == "-");
}

BOOST_AUTO_TEST_CASE(the_name_of_the_file_misleads_no_message) {
  file = folder / "a (b), expected.yaml";
  BOOST_TEST(value("clouds: {a: {auth: {password: \"s3cret\\~\"}}}", "X").starts_with(file + ":1:"));
  BOOST_TEST(value("clouds: {a: {auth: {password: \"s3cret\\~\"}}}", "X").find('~') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_name_says_whether_it_is_one) {
  BOOST_TEST(clouds_file::is_meant("/home/a/.config/openstack/clouds.yaml"));
  BOOST_TEST(clouds_file::is_meant("x.yml"));
  BOOST_TEST(!clouds_file::is_meant("~/.aws/credentials"));
  BOOST_TEST(!clouds_file::is_meant(".env"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace clouds_file_test
