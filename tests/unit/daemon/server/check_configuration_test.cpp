// A configuration is told what serve would say of it, and nothing is made by asking.
#include "server/check_configuration.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <stdexcept>

#include "config/load_settings.hpp"
#include "files.hpp"

namespace check_configuration_test {

using namespace credcached;
using namespace credcached::testing;

namespace {

struct checking {
  temporary_folder folder;

  [[nodiscard]] config::settings settings(const std::string& yaml, mode_t mode = 0644) const {
    write_text(folder / "c.yaml", yaml, mode);
    return config::load_settings(folder / "c.yaml");
  }
  [[nodiscard]] std::vector<std::string> warnings(const std::string& yaml, mode_t mode = 0644) const {
    return server::check_configuration(settings(yaml, mode)).warnings;
  }
  // What is refused, without the folder's name.
  [[nodiscard]] std::string refusal(const std::string& yaml) const {
    try {
      static_cast<void>(server::check_configuration(settings(yaml)));
      return "";
    } catch (const std::exception& e) {
      std::string text = e.what();
      const std::string name = folder.path().string();
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
        text.replace(at, name.size(), "DIR");
      return text;
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(checking_a_configuration, checking)

BOOST_AUTO_TEST_CASE(values_that_are_no_secret_have_names_that_are_read) {
  BOOST_TEST(refusal("environment: {OS_REGION_NAME: R, OPENSTACK_TESTLAB_AUTH_URL: https://k}\n").empty());
  BOOST_TEST(
      refusal("environment:\n  OS_REGION_NAME: R\n  OS_PASSWORD: p\n") ==
      "DIR/c.yaml:3: environment: found \"OS_PASSWORD\", which is a secret, expected values that are none: secrets "
      "belong into the cache (credcached add), not into a file");
  BOOST_TEST(refusal("environment: {AWS_ACCESS_KEY_ID: AKIA}\n") ==
             "DIR/c.yaml:1: environment: found \"AWS_ACCESS_KEY_ID\", which comes from the same source as the secret "
             "AWS_SECRET_ACCESS_KEY, expected values that are no part of an account: add it to the cache with that");
  BOOST_TEST(refusal("environment: {OS_REGION_NAMES: R}\n") ==
             "DIR/c.yaml:1: environment: found \"OS_REGION_NAMES\", which no definition reads, expected the name of a "
             "variable or requirement. Did you mean OS_REGION_NAME?");
}

BOOST_AUTO_TEST_CASE(accounts_that_are_not_there_are_refused) {
  BOOST_TEST(refusal("listen: [{address: \"unix:/s\", owner: nobody-here}]\n") ==
             "unix:/s: owner: found user \"nobody-here\", expected one of this machine");
  BOOST_TEST(refusal("listen: [{address: \"unix:/s\", group: nobody-here}]\n") ==
             "unix:/s: group: found group \"nobody-here\", expected one of this machine");
  BOOST_TEST(refusal("runAs: nobody-here\n") == "runAs: found user \"nobody-here\", expected one of this machine");
  BOOST_TEST(refusal("access: [{peer: {user: nobody-here}}]\n") ==
             "DIR/c.yaml:1: access: found user \"nobody-here\", expected one of this machine");
}

BOOST_AUTO_TEST_CASE(files_are_read_as_serve_reads_them_and_none_is_made) {
  const std::string key = "keyFile: " + (folder / "key") + "\n";
  BOOST_TEST(refusal(key).find("key file DIR/key: found no such file") == 0U);
  write_text(folder / "key", "short", 0600);
  BOOST_TEST(refusal(key).find("found 5 bytes") != std::string::npos);
  write_text(folder / "key", std::string(32, 'k'), 0600);
  BOOST_TEST(refusal(key).empty());

  const std::string tokens =
      "tokens: [{name: a, file: " + (folder / "a") + "}, {name: b, file: " + (folder / "b") + "}]\n";
  BOOST_TEST(refusal(tokens).empty());
  BOOST_TEST(!std::filesystem::exists(folder / "a"));
  write_text(folder / "a", "0123456789abcdef0123", 0600);
  write_text(folder / "b", "0123456789abcdef0123", 0600);
  BOOST_TEST(refusal(tokens) == "token \"b\": found the same text as token \"a\", expected one of its own: DIR/b");
  write_text(folder / "b", "short", 0600);
  BOOST_TEST(refusal(tokens).find("token file DIR/b: found 5 characters") == 0U);
  BOOST_TEST(refusal("tokens: [{name: a, file: " + (folder / "no/a") + "}]\n").find("token file DIR/no/a: found no") ==
             0U);

  const auto audit = [&](const std::string& file) { return refusal("audit: {to: " + file + "}\n"); };
  BOOST_TEST(audit(folder / "audit").empty());
  BOOST_TEST(!std::filesystem::exists(folder / "audit"));
  BOOST_TEST(audit(folder / "no/audit").find("audit file DIR/no/audit: found no") == 0U);
  BOOST_TEST(audit(folder.path().string()).find("audit file DIR cannot be opened") == 0U);
}

BOOST_AUTO_TEST_CASE(files_that_others_may_write_are_told) {
  const std::string definitions = "providers: " + (folder / "providers.d") + "\n";
  write_text(folder / "providers.d/.keep", "");
  BOOST_TEST(warnings(definitions).empty());
  const auto one = [&](const std::string& file, const std::string& found) {
    const auto all = warnings(definitions, file == "c.yaml" ? 0664 : 0644);
    BOOST_TEST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all.front() == "Others can change what this daemon does: " + (folder / file) + ": " + found + ".");
  };
  const std::string other_mode = ", expected one in which nobody but the owner can write: chmod go-w it";
  one("c.yaml", "found mode 0664" + other_mode);
  BOOST_TEST_REQUIRE(::chmod((folder / "providers.d").c_str(), 0777) == 0);
  one("providers.d", "found mode 0777" + other_mode);
  BOOST_TEST_REQUIRE(::chmod((folder / "providers.d").c_str(), 01777) ==
                     0);  // nobody replaces another one's file there
  BOOST_TEST(warnings(definitions).empty());
  BOOST_TEST_REQUIRE(::chmod(folder.path().c_str(), 0770) == 0);  // whoever may rename may replace
  const auto all = warnings("{}");
  BOOST_TEST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all.front().find(folder.path().string() + ": found mode 0770") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_folder_on_the_way_to_a_file_counts) {
  const auto warns_of = [&](const std::string& file) {
    std::string told;
    for (const std::string& warning : server::check_configuration(config::load_settings(file)).warnings)
      told += warning + "\n";
    const std::string name = folder.path().string();
    for (auto at = told.find(name); at != std::string::npos; at = told.find(name)) told.replace(at, name.size(), "DIR");
    return told;
  };
  write_text(folder / "a/b/c.yaml", "{}");
  BOOST_TEST(warns_of(folder / "a/b/c.yaml").empty());
  BOOST_TEST_REQUIRE(::chmod((folder / "a").c_str(), 0777) == 0);
  BOOST_TEST(warns_of(folder / "a/b/c.yaml").find("DIR/a: found mode 0777") != std::string::npos);
  std::filesystem::create_symlink(folder / "a/b/c.yaml", folder / "link.yaml");
  BOOST_TEST(warns_of(folder / "link.yaml").find("DIR/a: found mode 0777") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_audit_file_that_others_may_write_is_told) {
  const std::string audit = "audit: {to: " + (folder / "audit") + "}\n";
  BOOST_TEST(warnings(audit).empty());
  write_text(folder / "audit", "", 0600);
  BOOST_TEST(warnings(audit).empty());
  BOOST_TEST_REQUIRE(::chmod((folder / "audit").c_str(), 0620) == 0);
  const auto all = warnings(audit);
  BOOST_TEST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all.front() ==
             "Others can change the audit: " + (folder / "audit") +
                 ": found mode 0620, expected one in which nobody but the owner can write: chmod go-w it.");
}

BOOST_AUTO_TEST_CASE(rules_say_which_line_decides) {
  const auto s = settings(
      "tokens: [{name: t, file: /t, user: ann}]\n"
      "listen: [\"tcp:127.0.0.1:0\", \"unix:/s\"]\n"
      "access:\n"
      "  - {peer: {user: daemon}, actions: [resolve], owners: [shared], csps: [aws]}\n"
      "  - {peer: {group: bin}, owners: [\"isv:acme\"]}\n"
      "  - {peer: {token: t}}\n"
      "  - {peer: {}, owners: [\"*\"], actions: [resolve], decision: refuse}\n"
      "  - {peer: {uid: 0}, owners: [\"*\"]}\n");
  const auto catalog = credcache::provider_catalog::load(credcache::built_in_definitions());
  const server::checked_configuration checked{catalog, 0, access::access_rules(s, 0, *catalog), {}};
  using config::action;
  const auto says = [&](const server::request_of& request) { return server::decide(checked, s, request).text; };
  BOOST_TEST(says({"daemon", "", action::resolve, "shared", "AWS"}) == "allowed by line 4");
  BOOST_TEST(says({"daemon", "", action::resolve, "shared", "azure"}) == "refused by line 7");
  BOOST_TEST(says({"1", "", action::list, "", ""}) == "refused: no rule matches");
  BOOST_TEST(says({"bin", "", action::add, "isv:acme", "aws"}) == "allowed by line 5");
  BOOST_TEST(says({"bin", "", action::add, "acme", "aws"}) == "refused: no rule matches");
  BOOST_TEST(says({"", "t", action::resolve, "", ""}) == "allowed by line 6");
  BOOST_TEST(says({"", "t", action::resolve, "self", ""}) == "allowed by line 6");
  BOOST_TEST(says({"root", "", action::admin, "", ""}) == "allowed by line 8");
  BOOST_TEST(says({"root", "", action::resolve, "", ""}) == "refused by line 7");
  BOOST_CHECK_THROW(says({"nobody-here", "", action::resolve, "", ""}), config::config_error);
  BOOST_CHECK_THROW(says({"", "nothing", action::resolve, "", ""}), config::config_error);
  BOOST_CHECK_THROW(says({"root", "", action::resolve, "", "nowhere"}), config::config_error);
  const server::checked_configuration open{catalog, 0, access::access_rules({}, 1, *catalog), {}};
  BOOST_TEST(server::decide(open, {}, {"root", "", action::resolve, "", ""}).allowed);
  BOOST_TEST(!server::decide(open, {}, {"bin", "", action::resolve, "", ""}).allowed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace check_configuration_test
