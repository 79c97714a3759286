#include "platform/line_sink.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <csignal>
#include <string>

#include "files.hpp"
#include "platform_testing.hpp"

namespace line_sink_test {

using namespace platform_testing;
using credcache::unique_fd;
using credcached::platform::line_sink;
using outcome = line_sink::outcome;

namespace {

struct full_pipe {
  unique_fd reader;
  unique_fd writer;

  full_pipe() {
    int ends[2];
    require(::pipe2(ends, O_CLOEXEC) == 0, "pipe2");
    reader = unique_fd(ends[0]);
    writer = unique_fd(ends[1]);
  }
  [[nodiscard]] std::string read_all() const {
    require(::fcntl(reader.get(), F_SETFL, O_NONBLOCK) == 0, "fcntl");
    std::string all(std::size_t{1} << 20, '\0');
    std::size_t size = 0;
    for (ssize_t got = 0; (got = ::read(reader.get(), all.data() + size, all.size() - size)) > 0;)
      size += static_cast<std::size_t>(got);
    all.resize(size);
    return all;
  }
};

std::string line_of(int number, std::size_t size) {
  std::string line = std::to_string(number) + ' ';
  line.resize(size - 1, 'x');
  return line + '\n';
}

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_line_sink)

BOOST_AUTO_TEST_CASE(lines_that_nobody_reads_are_kept_to_a_bound_and_go_out_in_order) {
  full_pipe pipe;
  int woken = 0;
  line_sink sink(pipe.writer.get());
  sink.set_waker(std::make_shared<const std::function<void()>>([&] { ++woken; }));
  std::string expected;
  int written = 0;
  for (; sink.write(line_of(written, 1'000)) != outcome::lost; ++written) expected += line_of(written, 1'000);
  BOOST_TEST(written >= static_cast<int>(line_sink::most_kept / 1'000));
  BOOST_TEST(woken == 1);
  BOOST_TEST(sink.lost() == 1U);
  BOOST_TEST(!sink.flush());

  std::string seen;
  for (bool all = false; !all;) {
    seen += pipe.read_all();
    all = sink.flush();
  }
  seen += pipe.read_all();
  BOOST_TEST((seen == expected));
  BOOST_TEST((sink.write("after\n") == outcome::written));
  BOOST_TEST(pipe.read_all() == "after\n");
}

BOOST_AUTO_TEST_CASE(a_line_longer_than_the_pipe_is_not_cut) {
  full_pipe pipe;
  line_sink sink(pipe.writer.get());
  const std::string line = line_of(1, 150'000);
  BOOST_TEST((sink.write(line) == outcome::kept));
  std::string seen;
  while (!sink.flush()) seen += pipe.read_all();
  seen += pipe.read_all();
  BOOST_TEST((seen == line));
}

BOOST_AUTO_TEST_CASE(a_reader_that_has_gone_and_a_full_disk_lose_a_line_each) {
  std::signal(SIGPIPE, SIG_IGN);
  full_pipe pipe;
  pipe.reader = {};
  line_sink gone(pipe.writer.get());
  BOOST_TEST((gone.write("line\n") == outcome::lost));
  BOOST_TEST(gone.lost() == 1U);

  line_sink full(unique_fd(::open("/dev/full", O_WRONLY | O_CLOEXEC)));
  BOOST_TEST((full.write("line\n") == outcome::lost));
  BOOST_TEST(full.lost() == 1U);
}

BOOST_AUTO_TEST_CASE(a_limit_of_file_size_loses_lines_and_nothing_else) {
  const credcached::testing::temporary_folder folder;
  const auto result = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{100, 100};
    ::setrlimit(RLIMIT_FSIZE, &small);
    line_sink sink(unique_fd(::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)));
    for (int i = 0; i < 4; ++i) static_cast<void>(sink.write(line_of(i, 40)));
    ::dprintf(STDERR_FILENO, "lost %d", static_cast<int>(sink.lost()));
  });
  BOOST_TEST(result.text == "lost 2");
}

BOOST_AUTO_TEST_CASE(lines_that_were_kept_are_counted_when_they_are_lost_after_all) {
  std::signal(SIGPIPE, SIG_IGN);
  full_pipe pipe;
  line_sink sink(pipe.writer.get());
  int kept = 0;
  for (outcome made = outcome::written; made != outcome::lost; made = sink.write(line_of(0, 1'000)))
    kept += made == outcome::kept ? 1 : 0;
  BOOST_TEST(kept > 0);
  pipe.reader = {};
  BOOST_TEST(sink.flush());  // there is nothing left to write
  BOOST_TEST(sink.lost() >= static_cast<std::uint64_t>(kept));

  full_pipe other;
  line_sink given_up(other.writer.get());
  kept = 0;
  for (outcome made = outcome::written; made != outcome::lost; made = given_up.write(line_of(0, 1'000)))
    kept += made == outcome::kept ? 1 : 0;
  given_up.forget_kept();
  BOOST_TEST(given_up.lost() == static_cast<std::uint64_t>(kept) + 1);
}

BOOST_AUTO_TEST_CASE(a_line_that_was_cut_has_an_end_before_the_next_one) {
  std::signal(SIGXFSZ, SIG_IGN);
  const credcached::testing::temporary_folder folder;
  const std::string file = folder / "log";
  const auto result = in_child([&] {
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{60, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    line_sink sink(unique_fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)));
    static_cast<void>(sink.write(line_of(1, 40)));
    static_cast<void>(sink.write(line_of(2, 40)));
    ::setrlimit(RLIMIT_FSIZE, &limit);
    static_cast<void>(sink.write("3\n"));
  });
  BOOST_TEST(result.status == 0);
  BOOST_TEST(read_text(file) == line_of(1, 40) + line_of(2, 40).substr(0, 20) + "\n3\n");
}

// A terminal takes a little more than what its reader has not read, then nothing.
BOOST_AUTO_TEST_CASE(a_terminal_that_nobody_reads_delays_nobody) {
  const unique_fd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  require(terminal && ::grantpt(terminal.get()) == 0 && ::unlockpt(terminal.get()) == 0, "a pseudo-terminal");
  const unique_fd writer(::open(::ptsname(terminal.get()), O_WRONLY | O_NOCTTY | O_CLOEXEC));
  require(static_cast<bool>(writer), "its other end");
  line_sink sink(writer.get());
  sink.open_anew();
  int written = 0;
  while (written < 10'000 && sink.write(line_of(written, 200)) != outcome::lost) ++written;
  BOOST_TEST(written < 10'000);
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_a_slow_reader_but_not_for_ever) {
  full_pipe pipe;
  line_sink sink(pipe.writer.get());
  while (sink.write(line_of(0, 4'000)) != outcome::lost) {
  }
  const auto begin = credcache::boot_clock::now();
  sink.flush_until(begin + std::chrono::milliseconds(50));
  BOOST_TEST((credcache::boot_clock::now() - begin >= std::chrono::milliseconds(50)));
  BOOST_TEST(!sink.flush());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace line_sink_test
