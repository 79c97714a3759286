#include "cli/command_line.hpp"

#include <boost/test/unit_test.hpp>
#include <iostream>
#include <sstream>

#include "cli/serve_settings.hpp"
#include "config/config_error.hpp"
#include "config/listener.hpp"

namespace command_line_test {

using namespace credcached;
using namespace std::chrono_literals;

namespace {

/// Parses and keeps the words alive: exec points into them.
struct parsed {
  explicit parsed(std::vector<std::string> typed) : words(std::move(typed)) {
    words.insert(words.begin(), "credcached");
    for (auto& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    std::ostringstream text;
    auto* const out = std::cout.rdbuf(text.rdbuf());
    auto* const err = std::cerr.rdbuf(text.rdbuf());
    result = cli::parse_command_line(static_cast<int>(words.size()), argv.data());
    std::cout.rdbuf(out);
    std::cerr.rdbuf(err);
    said = text.str();
  }
  template <class Options>
  [[nodiscard]] const Options& as() const {
    return std::get<Options>(std::get<cli::verb>(result));
  }
  [[nodiscard]] int code() const { return std::get<cli::finished>(result).code; }

  std::vector<std::string> words;
  std::vector<char*> argv;
  std::variant<cli::verb, cli::finished> result;
  std::string said;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(fills_the_options_of_a_verb) {
  const parsed p(
      {"resolve", "--csp", "aws", "--site=default", "--min-ttl", "40m", "--format", "shell", "--isv", "acme"});
  const auto& o = p.as<cli::resolve_options>();
  BOOST_TEST(o.selection.csp == "aws");
  BOOST_TEST(o.selection.site == "default");
  BOOST_TEST(o.min_ttl == "40m");
  BOOST_TEST(o.format == "shell");
  BOOST_TEST(o.connection.isv == "acme");
}

BOOST_AUTO_TEST_CASE(add_takes_words_with_values) {
  const parsed p({"add", "--csp", "aws", "A=-", "--ttl", "1h", "B=@f", "C=[x,y]"});
  BOOST_TEST((p.as<cli::add_options>().values == std::vector<std::string>{"A=-", "B=@f", "C=[x,y]"}));
}

BOOST_AUTO_TEST_CASE(exec_is_told_what_its_command_inherits) {
  const parsed p({"exec", "--csp", "aws", "--keep", "A", "--keep", "B", "--quiet", "--pristine", "--", "true"});
  const auto& o = p.as<cli::exec_options>();
  BOOST_TEST((o.keep == std::vector<std::string>{"A", "B"}));
  BOOST_TEST((o.quiet && o.pristine));
}

BOOST_AUTO_TEST_CASE(exec_leaves_the_words_of_the_command_alone) {
  const parsed p({"exec", "--csp", "aws", "--", "make", "--csp", "", "--", "[a,b]", "-h"});
  const auto& command = p.as<cli::exec_options>().command;
  std::vector<std::string> words(command.begin(), command.end() - 1);
  BOOST_TEST((words == std::vector<std::string>{"make", "--csp", "", "--", "[a,b]", "-h"}));
  BOOST_TEST(command.back() == nullptr);
}

BOOST_AUTO_TEST_CASE(mistakes_are_usage_errors_that_say_what_was_expected) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{}, "Usage: credcached"},
      {{"resovle"}, "expected a verb"},
      {{"resolve"}, "--csp is required"},
      {{"resolve", "--csp", "aws", "--min-ttl", "1y"}, "a duration such as"},
      {{"resolve", "--csp", "aws", "--format", "xml"}, "xml"},
      {{"list", "--user", "a", "--isv", "b"}, "excludes"},
      {{"exec", "--csp", "aws"}, "expected it after --"},
      {{"exec", "--csp", "aws", "--"}, "expected it after --"},
      {{"exec", "--csp", "aws", "true"}, "expected it after --"},
      {{"serve", "--listen", "tcp:0.0.0.0:1"}, "a TLS proxy or an SSH tunnel"},
      {{"serve", "--workers", "-1"}, "a whole number"},
      {{"serve", "--log-level", "loud"}, "expected info"},
      {{"add", "--profile", "p", "--no-profile"}, "excludes"},
      {{"add", "--section", "prod"}, "requires"},
      {{"add", "--ttl", "1h", "--expires-at", "2026-11-22T12:00:00Z"}, "excludes"},
      {{"add", "--expires-at", "tomorrow"}, "expected a time like"},
      {{"exec", "--csp", "aws", "--refused-code", "0", "--", "true"}, "a whole number from 1 to 255"},
      {{"exec", "--csp", "aws", "--refused-code", "256", "--", "true"}, "a whole number from 1 to 255"},
      {{"exec", "--csp", "aws", "--refused-code", "-1", "--", "true"}, "a whole number from 1 to 255"},
      {{"list", "--expiring", "soon"}, "a duration such as"},
      {{"help", "exlpain"}, "Did you mean explain?"},
      {{"exlpain"}, "Did you mean explain?"},
      {{"li\033[2Jst"}, "found text with control characters"},
      {{"list",
        "--\xc2\x9b"
        "2J"},
       "--?2J"},
  };
  for (const auto& [words, expected] : cases) {
    const parsed p(words);
    BOOST_TEST(p.code() == 2);
    BOOST_TEST_CONTEXT(p.said) BOOST_TEST(p.said.find(expected) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(help_is_an_answer_and_lists_the_exit_codes) {
  for (const auto& words : {std::vector<std::string>{"--help"}, {"help"}, {"-h"}, {"add", "--help"}, {"exec", "-h"}}) {
    const parsed p(words);
    BOOST_TEST(p.code() == 0);
    BOOST_TEST(p.said.find("5 expires too soon") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(flags_of_serve_win_over_the_file) {
  const parsed p({"serve", "--config", SOURCE_FOLDER "/etc/credcached/config.yaml", "--listen", "unix:/a", "--listen",
                  "tcp:127.0.0.1:0", "--token-file", "/t", "--default-ttl", "2h", "--max-ttl", "3h", "--workers", "2",
                  "--log-level", "error"});
  const auto s = cli::settings_of(p.as<cli::serve_options>());
  BOOST_REQUIRE(s.listeners.size() == 2);
  BOOST_TEST(config::to_string(s.listeners[0]) == "unix:/a");
  BOOST_TEST(s.providers == "/etc/credcached/providers.d");
  BOOST_REQUIRE(s.tokens.size() == 1);
  BOOST_TEST(s.tokens[0].name == "default");
  BOOST_TEST((s.lifetime.standard == 2h && s.lifetime.longest == 3h));
  BOOST_TEST(s.workers == 2U);
  BOOST_TEST(s.log_level == "error");
}

BOOST_AUTO_TEST_CASE(flags_that_do_not_go_together_are_refused) {
  for (const auto& words : {std::vector<std::string>{"serve", "--default-ttl", "2h", "--max-ttl", "1h"},
                            {"serve", "--default-ttl", "0"},
                            {"serve", "--max-ttl", "36500d"}}) {
    const parsed p(words);
    BOOST_CHECK_THROW(static_cast<void>(cli::settings_of(p.as<cli::serve_options>())), config::config_error);
  }
}

BOOST_AUTO_TEST_CASE(help_of_a_verb_is_the_same_in_both_ways) {
  for (const auto* verb : {"list", "exec", "check-config"}) {
    const parsed by_flag({verb, "--help"});
    const parsed by_verb({"help", verb});
    BOOST_TEST(by_verb.code() == 0);
    BOOST_TEST(by_verb.said == by_flag.said);
  }
  BOOST_TEST(parsed({"help", "--help"}).said == parsed({"--help"}).said);
}

BOOST_AUTO_TEST_CASE(a_code_for_refusals_is_also_that_of_wrong_usage) {
  BOOST_TEST(
      parsed({"exec", "--refused-code", "125", "--csp", "aws", "--", "true"}).as<cli::exec_options>().refused_code ==
      "125");
  for (const auto& words : {std::vector<std::string>{"exec", "--refused-code", "125", "--no-such-flag", "--", "true"},
                            {"exec", "--min-ttl", "x", "--csp", "aws", "--refused-code=125", "--", "true"},
                            {"exec", "--refused-code", "125", "--csp", "aws", "--"}})
    BOOST_TEST(parsed(words).code() == 125);
  BOOST_TEST(parsed({"exec", "--csp", "aws", "--min-ttl", "x", "--", "true", "--refused-code", "125"}).code() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace command_line_test
