#include "platform/log.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

#include "platform_testing.hpp"

namespace log_test {

using namespace platform_testing;
namespace log_ = credcached::log;

namespace {

void say_everything() {
  log_::error("An error.");
  log_::warning("A warning.");
  log_::info("An info.");
}

std::string journal_stream_of_stderr() {
  struct stat info {};
  require(::fstat(STDERR_FILENO, &info) == 0, "fstat");
  return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_log)

BOOST_AUTO_TEST_CASE(writes_the_level_and_what_is_above_it) {
  const std::pair<const char*, int> cases[] = {{"off", 0}, {"error", 1}, {"warning", 2}, {"info", 3}};
  for (const auto& [level, lines] : cases) {
    const auto result = in_child([level = level] {
      ::unsetenv("JOURNAL_STREAM");
      log_::start(level);
      say_everything();
    });
    BOOST_TEST(std::count(result.text.begin(), result.text.end(), '\n') == lines, level << ": " << result.text);
  }
}

BOOST_AUTO_TEST_CASE(a_line_has_time_level_and_sentence) {
  const auto result = in_child([] {
    ::unsetenv("JOURNAL_STREAM");
    log_::start("warning");
    log_::warning("Found {} and %s, which mean nothing here.");
  });
  std::string form = result.text.substr(0, result.text.find(' '));
  for (char& c : form)
    if (c >= '0' && c <= '9') c = 'd';
  BOOST_TEST(form == "dddd-dd-ddTdd:dd:dd.dddZ");
  BOOST_TEST(result.text.substr(form.size()) == " warning Found {} and %s, which mean nothing here.\n");
}

BOOST_AUTO_TEST_CASE(the_journal_gets_priorities_only) {
  const auto result = in_child([] {
    ::setenv("JOURNAL_STREAM", journal_stream_of_stderr().c_str(), 1);
    log_::start("info");
    say_everything();
  });
  BOOST_TEST(result.text == "<3>An error.\n<4>A warning.\n<6>An info.\n");
}

BOOST_AUTO_TEST_CASE(a_journal_stream_that_is_not_our_stderr_is_nothing) {
  const auto result = in_child([] {
    ::setenv("JOURNAL_STREAM", "1:1", 1);
    log_::start("info");
    log_::info("Hello.");
  });
  BOOST_TEST(contains(result.text, "Z info Hello.\n"), result.text);
}

BOOST_AUTO_TEST_CASE(a_sentence_cannot_forge_a_line) {
  const auto result = in_child([] {
    ::setenv("JOURNAL_STREAM", journal_stream_of_stderr().c_str(), 1);
    log_::start("info");
    log_::info(std::string("one\n<3>two\r\x1b[2Jthree\x7f") + '\0');
  });
  BOOST_TEST(result.text == "<6>one?<3>two??[2Jthree??\n");
}

BOOST_AUTO_TEST_CASE(refuses_an_unknown_level) {
  const std::string message = refusal([] { log_::start("verbose"); });
  BOOST_TEST(contains(message, "found \"verbose\", expected info, warning, error or off"), message);
}

BOOST_AUTO_TEST_CASE(survives_a_full_disk_and_a_closed_pipe) {
  succeeds_in_child([] {
    require(::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO) == STDERR_FILENO, "dup2");
    log_::start("info");
    for (int i = 0; i < 100; ++i) say_everything();
  });
  succeeds_in_child([] {
    ::signal(SIGPIPE, SIG_IGN);  // as harden() does
    int ends[2];
    require(::pipe(ends) == 0 && ::dup2(ends[1], STDERR_FILENO) == STDERR_FILENO, "pipe");
    ::close(ends[0]);
    log_::start("info");
    for (int i = 0; i < 100; ++i) say_everything();
  });
}

BOOST_AUTO_TEST_CASE(a_closed_stderr_is_not_taken_by_the_next_socket) {
  succeeds_in_child([] {
    for (const int fd : {0, 1, 2}) ::close(fd);
    log_::start("info");
    const int next = ::socket(AF_UNIX, SOCK_STREAM, 0);
    require(next > STDERR_FILENO, "a socket got a standard descriptor");
    log_::error("Into the void.");
  });
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_stay_whole) {
  const auto result = in_child([] {
    ::setenv("JOURNAL_STREAM", journal_stream_of_stderr().c_str(), 1);
    log_::start("info");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 200; ++i) log_::info("A sentence of some length, always the same.");
      });
    }
    for (int i = 0; i < 50; ++i) log_::start("info");  // a reload
    for (auto& thread : threads) thread.join();
  });
  std::istringstream lines(result.text);
  int whole = 0;
  for (std::string line; std::getline(lines, line);)
    if (line == "<6>A sentence of some length, always the same.") ++whole;
  BOOST_TEST(whole == 800);
  BOOST_TEST(result.status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace log_test
