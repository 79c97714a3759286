// What a person who wrote access rules is told about them before anybody is refused.
#include "access/rule_review.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "config/load_settings.hpp"

namespace rule_review_test {

using namespace credcached;
using config::action;

namespace {

constexpr action asked_for[] = {action::add, action::list, action::remove, action::resolve, action::admin};
constexpr std::string_view root_rule = "  - {peer: {uid: 0}, owners: [\"*\"]}\n";

access::access_rules rules_of(const config::settings& settings) {
  static const auto catalog = credcache::provider_catalog::load(credcache::built_in_definitions());
  return {settings, 1, *catalog};
}

// The rules begin in line 2.
std::vector<std::string> review(std::string_view rules, const std::string& rest = "") {
  const auto settings = config::parse_settings("access:\n" + std::string(rules) + rest, "c.yaml");
  return access::review_rules(rules_of(settings), settings, asked_for);
}

// Of a rule in line 3 behind that of root.
std::string second(const std::string& rule, const std::string& rest = "") {
  const auto sentences = review(std::string(root_rule) + "  - " + rule + "\n", rest);
  BOOST_REQUIRE(sentences.size() <= 1);
  return sentences.empty() ? "" : sentences.front();
}

std::string refusal(const std::string& rule) {
  try {
    static_cast<void>(rules_of(config::parse_settings("access:\n  - " + rule + "\n", "c.yaml")));
    return "";
  } catch (const std::runtime_error& e) {
    return e.what();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reviewing_access_rules)

BOOST_AUTO_TEST_CASE(without_rules_there_is_nothing_to_say) {
  BOOST_TEST(access::review_rules({}, {}, asked_for).empty());
}

BOOST_AUTO_TEST_CASE(somebody_has_to_hold_admin) {
  BOOST_TEST(review(root_rule).empty());
  BOOST_TEST(review("  - {peer: {uid: 0}, actions: [admin]}\n").empty());
  for (const auto* rules :
       {"  - {peer: {uid: 0}, actions: [list, resolve]}\n", "  - {peer: {}, actions: [admin], decision: refuse}\n",
        "  - {peer: {}, actions: [admin], decision: refuse}\n  - {peer: {uid: 0}}\n"}) {
    const auto sentences = review(rules);
    BOOST_TEST_CONTEXT(rules) {
      BOOST_TEST_REQUIRE(sentences.size() == 1U);
      BOOST_TEST(sentences.front().starts_with("c.yaml: no access rule lets anybody ask for the status"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_rule_behind_one_that_decides_all_of_it_never_matches) {
  const std::string sentence = "c.yaml:3: this access rule can never match: all of it is decided before, by line 2.";
  for (const auto* rule :
       {"{peer: {uid: 0}}", "{peer: {uid: 0}, actions: [list], owners: [\"isv:a\", bob], csps: [aws]}",
        "{peer: {user: root}, owners: [\"*\"], decision: refuse}"})
    BOOST_TEST(second(rule) == sentence, rule);
  for (const auto* rule : {"{peer: {uid: 1}}", "{peer: {}}", "{peer: {gid: 0}}"})
    BOOST_TEST(second(rule).empty(), rule);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_rule_lets_it_match) {
  const auto behind = [](const std::string& first, const std::string& rule) {
    return !review(std::string(root_rule) + "  - " + first + "\n  - " + rule + "\n").empty();
  };
  BOOST_TEST(behind("{peer: {gid: 1}}", "{peer: {uid: 1, gid: 1}}"));
  BOOST_TEST(!behind("{peer: {uid: 1, gid: 1}}", "{peer: {gid: 1}}"));
  BOOST_TEST(behind("{peer: {group: daemon}}", "{peer: {gid: 1}}"));
  BOOST_TEST(behind("{peer: {gid: 1}, owners: [\"isv:*\"]}", "{peer: {gid: 1}, actions: [list], owners: [\"isv:a\"]}"));
  BOOST_TEST(!behind("{peer: {gid: 1}, owners: [alice]}", "{peer: {gid: 1}, owners: [alice, bob]}"));
  BOOST_TEST(!behind("{peer: {gid: 1}, owners: [alice]}", "{peer: {gid: 1}}"));
  BOOST_TEST(behind("{peer: {gid: 1}, csps: [aws, azure]}", "{peer: {gid: 1}, actions: [list], csps: [AWS]}"));
  BOOST_TEST(!behind("{peer: {gid: 1}, csps: [aws]}", "{peer: {gid: 1}}"));
  BOOST_TEST(!behind("{peer: {gid: 1}, actions: [list]}", "{peer: {gid: 1}}"));
  // Admin has no owner: it is decided whatever owners a rule is for, unless it refuses for some csps.
  BOOST_TEST(behind("{peer: {gid: 1}, owners: [alice]}", "{peer: {gid: 1}, actions: [admin], owners: [bob]}"));
  BOOST_TEST(!behind("{peer: {gid: 1}, csps: [aws], decision: refuse}", "{peer: {gid: 1}, actions: [admin]}"));
}

BOOST_AUTO_TEST_CASE(several_earlier_rules_may_decide_all_of_it) {
  const auto sentences =
      review(std::string(root_rule) + "  - {peer: {gid: 1}, actions: [list]}\n" +
             "  - {peer: {gid: 1}, actions: [resolve]}\n" + "  - {peer: {gid: 1}, actions: [list, resolve]}\n");
  BOOST_TEST_REQUIRE(sentences.size() == 1U);
  BOOST_TEST(sentences.front() ==
             "c.yaml:5: this access rule can never match: all of it is decided before, by line 3, 4.");
}

BOOST_AUTO_TEST_CASE(what_nobody_asks_for_or_comes_by_is_told) {
  const std::string never = "c.yaml:3: this access rule can never match: ";
  const std::string token = "tokens: [{name: t, file: /t}, {name: u, file: /u, user: ann}]\n";
  const std::string tcp = token + "listen: [\"tcp:127.0.0.1:0\", \"unix:/s\"]\n";
  BOOST_TEST(second("{peer: {uid: 1}, actions: [verify]}") == never + "no request has such an action.");
  BOOST_TEST(second("{peer: {token: t}, owners: [\"*\"]}", token) ==
             never + "tokens are for tcp: addresses, and listen names none.");
  BOOST_TEST(second("{peer: {token: t}, owners: [\"*\"]}", tcp).empty());
  BOOST_TEST(second("{peer: {token: t, uid: 1}}", tcp) == never + "whoever brings a token has no account here.");
  BOOST_TEST(second("{peer: {token: t}, actions: [resolve]}", tcp) ==
             never + "token t has no user, so it is nobody's own.");
  BOOST_TEST(second("{peer: {token: u}, actions: [resolve]}", tcp).empty());
  BOOST_TEST(second("{peer: {token: t}, actions: [admin]}", tcp).empty());
  const auto only_tcp = review(root_rule, "listen: [\"tcp:127.0.0.1:0\"]\n");
  BOOST_TEST_REQUIRE(!only_tcp.empty());
  BOOST_TEST(only_tcp.front().ends_with("peers come to unix: addresses, and listen names none."));
}

BOOST_AUTO_TEST_CASE(whoever_or_whatever_is_not_there_is_refused_with_its_line) {
  BOOST_TEST(refusal("{peer: {user: root, uid: 0, group: root}, csps: [aws, HUAWEI_CLOUD, \"*\"]}").empty());
  BOOST_TEST(refusal("{peer: {user: nobody-here}}") ==
             "c.yaml:2: access: found user \"nobody-here\", expected one of this machine");
  BOOST_TEST(refusal("{peer: {group: nobody-here}}") ==
             "c.yaml:2: access: found group \"nobody-here\", expected one of this machine");
  BOOST_TEST(refusal("{peer: {user: root, uid: 1}}").starts_with("c.yaml:2: access: found a user and a uid"));
  BOOST_TEST(refusal("{peer: {}, csps: [aws, azur]}") ==
             "c.yaml:2: access: found csp \"azur\", expected one that has a definition, or \"*\". Did you mean azure?");
}

BOOST_AUTO_TEST_CASE(a_rule_may_name_a_csp_by_any_of_its_names) {
  const auto settings = config::parse_settings("access: [{peer: {uid: 7}, csps: [HUAWEI_CLOUD]}]\n", "c.yaml");
  const auto rules = rules_of(settings);
  platform::peer peer;
  peer.uid = 7;
  const access::caller caller{&peer, std::nullopt, {}, "ann"};
  const auto ruling = rules.decide(caller, action::resolve, {credcache::owner_kind::user, "ann"}, "HuaweiCloud");
  BOOST_TEST(ruling.allowed);
  BOOST_TEST_REQUIRE(ruling.rule != nullptr);
  BOOST_TEST(ruling.rule->line == 1U);
  BOOST_TEST(!rules.allows(caller, action::resolve, {credcache::owner_kind::user, "ann"}, "aws"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace rule_review_test
