#include "cli/stored.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace stored_test {

namespace {

std::string said(const char* answer, std::string_view name = {}) {
  return credcached::cli::stored_text(boost::json::parse(answer), name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(what_add_says)

BOOST_AUTO_TEST_CASE(what_was_done_whose_it_is_and_when_it_ends) {
  BOOST_TEST(said(R"({"csp":"aws","site":"default","type":"variables","name":"ACCESS_KEY","user":"alice",
                      "expiresAt":"2026-11-22T13:44:59Z","timeToLive":3600,"outcome":"added"})") ==
             "added aws of alice, expires in 1 h (13:44 UTC)");
  BOOST_TEST(said(R"({"csp":"aws","profile":"prod","site":"default","name":"ACCESS_KEY","user":"alice",
                      "expiresAt":"2026-11-22T13:44:00Z","timeToLive":5400,"outcome":"replaced"})") ==
             "replaced aws prod of alice, expires in 1 h 30 min (13:44 UTC)");
}

BOOST_AUTO_TEST_CASE(what_tells_it_from_others_and_the_day_if_it_is_another_one) {
  BOOST_TEST(said(R"({"csp":"HuaweiCloud","site":"Chinese Mainland","name":"AK_SK","isv":"acme",
                      "expiresAt":"2026-11-23T13:44:59Z","timeToLive":86400,"outcome":"added"})",
                  "AK_SK") ==
             "added HuaweiCloud Chinese Mainland AK_SK of the ISV acme, expires in 1 d (2026-11-23 13:44 UTC)");
}

BOOST_AUTO_TEST_CASE(nothing_in_it_is_a_command_to_the_terminal) {
  BOOST_TEST(
      said(R"({"csp":"aws","site":"default","user":"a\u001b[2Jb","expiresAt":"","timeToLive":60,"outcome":"added"})")
          .find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stored_test
