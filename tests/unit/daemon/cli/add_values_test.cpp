#include "cli/add_values.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>

#include "cli/exit_code.hpp"

namespace add_values_test {

using namespace credcached::cli;

namespace {

const std::vector<asked_variable> known{{"ID", "The id.", true, false}, {"KEY", "The key.", true, true}};

struct file_with {
  explicit file_with(std::string_view content) {
    char text[] = "/tmp/add_values_test.XXXXXX";
    const int file = ::mkstemp(text);
    BOOST_REQUIRE(file >= 0);
    ::close(file);
    name = text;
    std::ofstream(name, std::ios::binary) << content;
  }
  ~file_with() { ::unlink(name.c_str()); }
  std::string name;
};

std::string refusal(const std::vector<std::string>& words) {
  try {
    static_cast<void>(read_values(words, known));
  } catch (const usage_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(values_of_add)

BOOST_AUTO_TEST_CASE(plain_values_are_for_what_is_no_secret) {
  const auto values = read_values({"ID=a=b"}, known);
  BOOST_REQUIRE(values.size() == 1);
  BOOST_TEST(values[0].name == "ID");
  BOOST_TEST(values[0].value.reveal() == "a=b");
}

BOOST_AUTO_TEST_CASE(a_secret_among_the_arguments_is_refused_and_not_repeated) {
  const auto text = refusal({"KEY=hunter2"});
  BOOST_TEST(text.find("KEY=@file") != std::string::npos);
  BOOST_TEST(text.find("hunter2") == std::string::npos);
  BOOST_TEST(refusal({"hunter2"}).find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_gives_its_content_without_the_final_line_end) {
  const std::pair<const char*, const char*> cases[] = {
      {"v\n", "v"}, {"v\r\n", "v"}, {"v\n\n", "v\n"}, {"a\nb", "a\nb"}, {"\xef\xbb\xbfv\r\n", "v"}};
  for (const auto& [content, expected] : cases) {
    const file_with f(content);
    BOOST_TEST(read_values({"KEY=@" + f.name}, known).at(0).value.reveal() == expected);
  }
  for (const auto* nothing : {"", "\n", " \n"}) {
    const file_with f(nothing);
    BOOST_TEST(refusal({"KEY=@" + f.name}) ==
               "KEY: found nothing in " + f.name + ", expected a value; leave KEY out if it has none");
  }
  const file_with f(std::string(100'000, 'k'));
  BOOST_TEST(read_values({"KEY=@" + f.name}, known).at(0).value.size() == 100'000U);
}

BOOST_AUTO_TEST_CASE(a_value_may_begin_with_at_or_be_a_dash) {
  const std::pair<const char*, const char*> cases[] = {
      {"ID=\\@home", "@home"}, {"ID=\\-", "-"}, {"ID=\\-x", "\\-x"}, {"ID=-x", "-x"}, {"ID=\\n", "\\n"}};
  for (const auto& [word, expected] : cases) BOOST_TEST(read_values({word}, known).at(0).value.reveal() == expected);
}

BOOST_AUTO_TEST_CASE(a_message_never_shows_what_was_given) {
  // A secret with an @ in front, one that ends with =, one behind an unknown name.
  for (const auto* word : {"KEY=@hunter2", "aHVudGVyMg=hunter2", "hunter2==", "NAME=hunter2"})
    BOOST_TEST_CONTEXT(word) BOOST_TEST(refusal({word}).find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_alias_is_the_daemons_to_know_and_comes_from_a_file) {
  const file_with f("v");
  const auto values = read_values({"access_key=@" + f.name}, known);
  BOOST_TEST(values.at(0).name == "access_key");
  BOOST_TEST(values.at(0).value.reveal() == "v");
  BOOST_TEST(refusal({"access_key=v"}).starts_with("found a value for an unknown variable"));
}

BOOST_AUTO_TEST_CASE(the_environment_gives_what_it_has) {
  const std::vector<asked_variable> mine{{"ADD_VALUES_ID", "", true, false}, {"ADD_VALUES_KEY", "", true, true}};
  BOOST_CHECK_THROW(static_cast<void>(looked_up_values(mine, {}, own_environment())), usage_error);
  ::setenv("ADD_VALUES_ID", " ", 1);
  ::setenv("ADD_VALUES_KEY", "\xef\xbb\xbfv\r\n", 1);
  const auto values = looked_up_values(mine, {}, own_environment());
  BOOST_TEST_REQUIRE(values.size() == 1U);
  BOOST_TEST(values[0].name == "ADD_VALUES_KEY");
  BOOST_TEST(values[0].value.reveal() == "v");
  ::setenv("ADD_VALUES_OTHER", "w", 1);
  const std::vector<asked_variable> exported{{"ADD_VALUES_ID", "", true, false, {"ADD_VALUES_ID", "ADD_VALUES_OTHER"}}};
  BOOST_TEST(looked_up_values(exported, {}, own_environment()).at(0).name == "ADD_VALUES_ID");
  BOOST_TEST(looked_up_values(exported, {}, own_environment()).at(0).value.reveal() == "w");
  ::unsetenv("ADD_VALUES_OTHER");
  ::setenv("ADD_VALUES_KEY", "p\xe4ss", 1);
  BOOST_CHECK_EXCEPTION(
      static_cast<void>(looked_up_values(mine, {}, own_environment())), usage_error, [](const usage_error& e) {
        return e.what() ==
               std::string(
                   "found bytes that are not UTF-8 in ADD_VALUES_KEY of the environment, expected text in UTF-8");
      });
  ::unsetenv("ADD_VALUES_ID");
  ::unsetenv("ADD_VALUES_KEY");
}

BOOST_AUTO_TEST_CASE(the_environment_gives_whole_accounts) {
  const std::vector<std::string> pair{"ADD_VALUES_ID", "ADD_VALUES_KEY"};
  const std::vector<asked_variable> mine{{"ADD_VALUES_ID", "", true, false, {"ADD_VALUES_OLD_ID"}, pair, {"id"}},
                                         {"ADD_VALUES_KEY", "", true, true, {"ADD_VALUES_OLD_KEY"}, pair, {"both"}},
                                         {"ADD_VALUES_REGION", "", false, false, {}, {}, {"both"}}};
  const auto found = [&](const std::vector<std::string>& words) {
    std::string text;
    for (const auto& [name, value] : looked_up_values(mine, read_values(words, mine), own_environment()))
      text += name + "=" + std::string(value.reveal()) + " ";
    return text;
  };
  for (const auto* name : {"ADD_VALUES_OLD_ID", "ADD_VALUES_OLD_KEY"}) ::setenv(name, "old", 1);
  ::setenv("ADD_VALUES_REGION", "r", 1);
  BOOST_TEST(found({}) == "ADD_VALUES_ID=old ADD_VALUES_KEY=old ADD_VALUES_REGION=r ");
  ::setenv("ADD_VALUES_ID", "own", 1);
  BOOST_TEST(found({}) == "ADD_VALUES_ID=own ADD_VALUES_REGION=r ");
  const file_with f("v");
  BOOST_TEST(found({"ADD_VALUES_ID=word"}) == "ADD_VALUES_REGION=r ");
  BOOST_TEST(found({"ADD_VALUES_OLD_KEY=@" + f.name}) == "ADD_VALUES_REGION=r ");
  BOOST_TEST(found({"id=@" + f.name}) == "ADD_VALUES_REGION=r ");
  BOOST_TEST(found({"both=@" + f.name}) == "");
  BOOST_TEST(found({"ADD_VALUES_ID=word", "ADD_VALUES_REGION=word"}) == "");
  BOOST_CHECK_THROW(found({"alias=@" + f.name}), usage_error);
  for (const auto* name : {"ADD_VALUES_OLD_ID", "ADD_VALUES_OLD_KEY", "ADD_VALUES_REGION", "ADD_VALUES_ID"})
    ::unsetenv(name);
}

BOOST_AUTO_TEST_CASE(mistakes_say_what_was_expected) {
  BOOST_TEST(refusal({"IDD=1"}) ==
             "found a value for an unknown variable, expected one of ID, KEY, or an alias of theirs as ALIAS=@file. "
             "Did you mean ID?");
  BOOST_TEST(refusal({"ID=1", "ID=2"}) == "found ID twice, expected it once");
  const std::string file = "the file that KEY names behind @ (a value that begins with @ is given as \\@…)";
  BOOST_TEST(refusal({"KEY=@/nowhere"}) == "cannot read " + file + ": No such file or directory");
  BOOST_TEST(refusal({"KEY=@/tmp"}) == "cannot read " + file + ": Is a directory");
  const std::pair<std::string, const char*> encodings[] = {{"p\xe4ss", "bytes that are not UTF-8"},
                                                           {std::string("\xff\xfep\0", 4), "text in UTF-16"},
                                                           {std::string("pa\0ss", 5), "a zero byte"}};
  for (const auto& [content, expected] : encodings) {
    const file_with f(content);
    BOOST_TEST(refusal({"KEY=@" + f.name}) ==
               "found " + std::string(expected) + " in " + file + ", expected text in UTF-8");
  }
  BOOST_TEST(refusal({"ID=p\xe4ss"}) == "found bytes that are not UTF-8 in the value of ID, expected text in UTF-8");
  BOOST_TEST(refusal({"=x"}).starts_with("found a word without NAME="));
}

BOOST_AUTO_TEST_CASE(a_question_says_what_enter_means) {
  asked_variable variable{"URL", "The address."};
  BOOST_TEST(question_for(variable) == "URL (The address.): ");
  variable.mandatory = false;
  variable.sensitive = true;
  BOOST_TEST(question_for(variable) == "URL (The address. Optional: Enter leaves it out. No echo.): ");
  variable.source = "environment";
  BOOST_TEST(question_for(variable) == "URL (The address. Enter takes it from the daemon's environment. No echo.): ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace add_values_test
