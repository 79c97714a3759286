#include "cli/add_values.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>

#include "cli/exit_code.hpp"

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
      {"v\n", "v"}, {"v\r\n", "v"}, {"v\n\n", "v\n"}, {"a\nb", "a\nb"}, {"", ""}};
  for (const auto& [content, expected] : cases) {
    const file_with f(content);
    BOOST_TEST(read_values({"KEY=@" + f.name}, known).at(0).value.reveal() == expected);
  }
  const file_with f(std::string(100'000, 'k'));
  BOOST_TEST(read_values({"KEY=@" + f.name}, known).at(0).value.size() == 100'000U);
}

BOOST_AUTO_TEST_CASE(mistakes_say_what_was_expected) {
  BOOST_TEST(refusal({"IDD=1"}) == "found the unknown variable \"IDD\", expected one of ID, KEY");
  BOOST_TEST(refusal({"ID=1", "ID=2"}) == "found ID twice, expected it once");
  BOOST_TEST(refusal({"KEY=@/nowhere"}) == "cannot read /nowhere: No such file or directory");
  BOOST_TEST(refusal({"KEY=@/tmp"}) == "cannot read /tmp: Is a directory");
  BOOST_TEST(refusal({"=x"}).starts_with("found a word without NAME="));
}

BOOST_AUTO_TEST_SUITE_END()
