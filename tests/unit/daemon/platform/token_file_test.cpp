#include "platform/token_file.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <set>

#include "platform_testing.hpp"

namespace token_file_test {

using namespace credcached::platform;
using namespace platform_testing;

namespace {

std::string token_in(const std::string& file) {
  bool made = false;
  return std::string(read_or_make_token(file, made).reveal());
}

std::string refusal_of(const std::string& file) {
  return refusal([&] { static_cast<void>(token_in(file)); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_token_file)

BOOST_AUTO_TEST_CASE(is_made_once_and_read_from_then_on) {
  const temporary_folder folder;
  const mode_t before = ::umask(0);
  bool made = false;
  const auto first = read_or_make_token(folder / "token", made);
  ::umask(before);
  BOOST_TEST(made);
  BOOST_TEST(first.size() == 43U);
  BOOST_TEST((std::filesystem::status(folder / "token").permissions() == std::filesystem::perms(0600)));
  BOOST_TEST(read_text(folder / "token") == first.reveal());  // no newline: AWS clients refuse it
  const auto again = read_or_make_token(folder / "token", made);
  BOOST_TEST(!made);
  BOOST_TEST(again.reveal() == first.reveal());
  const auto files = std::distance(std::filesystem::directory_iterator(folder.path()), {});
  BOOST_TEST(files == 1);
}

BOOST_AUTO_TEST_CASE(is_random_over_the_whole_alphabet) {
  const temporary_folder folder;
  std::set<std::string> tokens;
  std::set<char> characters;
  for (int i = 0; i < 64; ++i) {
    const std::string token = token_in(folder / std::to_string(i));
    tokens.insert(token);
    characters.insert(token.begin(), token.end());
  }
  BOOST_TEST(tokens.size() == 64U);
  BOOST_TEST(characters.size() == 64U);  // 2,752 characters miss one of 64 once in 10^17 runs
  BOOST_TEST(std::all_of(characters.begin(), characters.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  }));
}

BOOST_AUTO_TEST_CASE(processes_that_race_get_one_token) {
  const temporary_folder folder;
  for (int round = 0; round < 20; ++round) {
    const std::string file = folder / std::to_string(round);
    int go[2], results[2];
    BOOST_REQUIRE(::pipe(go) == 0 && ::pipe(results) == 0);
    std::vector<pid_t> racers;
    for (int i = 0; i < 4; ++i) {
      racers.push_back(::fork());
      if (racers.back() != 0) continue;
      ::close(go[1]);
      char byte = 0;
      std::string line = "?\n";
      if (::read(go[0], &byte, 1) == 0) static_cast<void>(refusal([&] { line = token_in(file) + "\n"; }));
      ::_exit(::write(results[1], line.data(), line.size()) > 0 ? 0 : 1);
    }
    for (const int fd : {go[0], go[1], results[1]}) ::close(fd);
    std::string all;
    char buffer[512];
    for (ssize_t got = 0; (got = ::read(results[0], buffer, sizeof buffer)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
    ::close(results[0]);
    for (const pid_t racer : racers) ::waitpid(racer, nullptr, 0);
    const std::string line = read_text(file) + "\n";
    BOOST_TEST(all == line + line + line + line);
  }
}

BOOST_AUTO_TEST_CASE(is_read_as_every_file_is) {
  const temporary_folder folder;
  write_text(folder / "token", "0123456789abcdef\n", 0600);
  BOOST_TEST(token_in(folder / "token") == "0123456789abcdef");
  write_text(folder / "strict", "0123456789abcdef", 0400);
  BOOST_TEST(token_in(folder / "strict") == "0123456789abcdef");
  write_text(folder / "long", std::string(4096, 'x') + "\n", 0600);
  BOOST_TEST(token_in(folder / "long").size() == 4096U);
  write_text(folder / "editor", "\xef\xbb\xbf" + std::string(4096, 'x') + "\r\n", 0600);
  BOOST_TEST(token_in(folder / "editor") == std::string(4096, 'x'));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_token_and_never_shows_it) {
  const temporary_folder folder;
  const std::pair<std::string, const char*> cases[] = {
      {"", "found 0 characters, expected at least 16"},
      {"\n", "found 0 characters"},
      {"marker-89abcde", "found 14 characters"},
      {"marker-89abcdef\n", "found 15 characters"},
      {"marker-89abcdefg\n\n", "not visible ASCII at position 17"},
      {"marker-89abcdefg\r\n\r\n", "not visible ASCII at position 17"},
      {"marker-89 abcdefgh", "not visible ASCII at position 10"},
      {"marker-89abcdef\xc3\xa9", "not visible ASCII at position 16"},
      {std::string("marker-89abcdefg\0x", 18), "found a zero byte, expected one line of visible ASCII"},
      {std::string("\xff\xfem\0a\0r\0k\0e\0r\0", 14), "found text in UTF-16"},
      {"marker-" + std::string(4090, 'x'), "more than 4096 characters"},
      {"marker-" + std::string(100'000, 'x'), "more than 4096 characters"},
  };
  for (const auto& [content, expected] : cases) {
    write_text(folder / "token", content, 0600);
    const std::string message = refusal_of(folder / "token");
    BOOST_TEST(contains(message, expected), message);
    BOOST_TEST(message.starts_with("token file " + (folder / "token") + ": found "), message);
    BOOST_TEST(!contains(message, "marker"), message);
    BOOST_TEST(read_text(folder / "token") == content);
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_others_may_read) {
  const temporary_folder folder;
  for (const mode_t mode : {0640U, 0604U, 0660U, 0700U, 0601U}) {
    write_text(folder / "token", "0123456789abcdef", mode);
    const std::string message = refusal_of(folder / "token");
    BOOST_TEST(contains(message, "expected 0600 or stricter: chmod 0600"), message);
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_file) {
  const temporary_folder folder;
  BOOST_REQUIRE(::mkdir((folder / "folder").c_str(), 0700) == 0);
  BOOST_REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  for (const char* name : {"folder", "pipe"}) {
    const std::string message = refusal_of(folder / name);
    BOOST_TEST(contains(message, "not a regular file"), message);
  }
  const std::string message = refusal_of(folder / "missing/token");
  BOOST_TEST(contains(message, "is missing and cannot be made: No such file or directory: make its folder"), message);
  BOOST_REQUIRE(::symlink((folder / "nowhere").c_str(), (folder / "dangling").c_str()) == 0);
  BOOST_TEST(contains(refusal_of(folder / "dangling"), "is there and gone again") == false);
  BOOST_TEST(!refusal_of(folder / "dangling").empty());
}

BOOST_AUTO_TEST_CASE(refuses_somebody_elses_file, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  write_text(folder / "token", "0123456789abcdef", 0600);
  BOOST_REQUIRE(::chown((folder / "token").c_str(), nobody, nobody) == 0);
  const std::string message = refusal_of(folder / "token");
  BOOST_TEST(contains(message, "found owner uid 65534, expected uid 0 or root: chown it"), message);
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_leaves_no_half_token) {
  const temporary_folder folder;
  succeeds_in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit tiny{10, 10};
    require(::setrlimit(RLIMIT_FSIZE, &tiny) == 0, "setrlimit");
    const std::string message = refusal_of(folder / "token");
    require(contains(message, "cannot be made: File too large"), message);
  });
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_file_of_the_user_that_the_daemon_becomes_will_do, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  const std::string token = token_in(folder / "token");
  BOOST_REQUIRE(::chown((folder / "token").c_str(), nobody, nobody) == 0);
  BOOST_TEST(contains(refusal_of(folder / "token"), "found owner uid 65534"));
  bool made = false;
  BOOST_TEST(read_or_make_token(folder / "token", made, nobody).reveal() == token);
  BOOST_TEST(contains(refusal([&] { (void)read_or_make_token(folder / "token", made, nobody - 1); }),
                      "found owner uid 65534"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace token_file_test
