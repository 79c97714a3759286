#include "platform/line_sink.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <csignal>
#include <string>

#include "files.hpp"
#include "platform_testing.hpp"

using namespace platform_testing;
using credcache::unique_fd;
using credcached::platform::line_sink;

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
  for (; sink.write(line_of(written, 1'000)); ++written) expected += line_of(written, 1'000);
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
  BOOST_TEST(sink.write("after\n"));
  BOOST_TEST(pipe.read_all() == "after\n");
}

BOOST_AUTO_TEST_CASE(a_line_longer_than_the_pipe_is_not_cut) {
  full_pipe pipe;
  line_sink sink(pipe.writer.get());
  const std::string line = line_of(1, 150'000);
  BOOST_TEST(sink.write(line));
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
  BOOST_TEST(!gone.write("line\n"));
  BOOST_TEST(gone.lost() == 1U);

  line_sink full(unique_fd(::open("/dev/full", O_WRONLY | O_CLOEXEC)));
  BOOST_TEST(!full.write("line\n"));
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

BOOST_AUTO_TEST_CASE(the_end_waits_for_a_slow_reader_but_not_for_ever) {
  full_pipe pipe;
  line_sink sink(pipe.writer.get());
  while (sink.write(line_of(0, 4'000))) {
  }
  const auto begin = credcache::boot_clock::now();
  sink.flush_until(begin + std::chrono::milliseconds(50));
  BOOST_TEST((credcache::boot_clock::now() - begin >= std::chrono::milliseconds(50)));
  BOOST_TEST(!sink.flush());
}

BOOST_AUTO_TEST_SUITE_END()
