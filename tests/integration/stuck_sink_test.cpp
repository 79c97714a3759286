// A log or an audit that nobody takes stops nothing: not a start, not a request, not the end (S13).
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/unique_fd.hpp"
#include "configured_daemon.hpp"

namespace stuck_sink_test {

using namespace credcached::testing;

namespace {

/// More lines than a pipe of 64 KiB and what is kept for it have room for.
constexpr int many = 3'000;

/// A pipe with a name.
struct fifo {
  temporary_folder folder;
  std::string path = folder / "fifo";

  fifo() { BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }
  /// The end of a reader who does not read.
  [[nodiscard]] credcache::unique_fd open_reader() const {
    return credcache::unique_fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  void configure_audit(std::string_view on_failure) const {
    write_text(folder / "config.yaml", "audit: {to: " + path + ", onFailure: " + std::string(on_failure) + "}\n");
  }
};

/// A daemon whose audit goes into a pipe that has a reader who does not read, with a credential.
struct unread_audit {
  fifo pipe;
  credcache::unique_fd reader = pipe.open_reader();
  daemon_process daemon;
  http_client http;

  explicit unread_audit(std::string_view on_failure)
      : daemon((pipe.configure_audit(on_failure), daemon_options{.flags = {"--config", pipe.folder / "config.yaml"}})),
        http(http_client::unix_socket(daemon.socket())) {
    BOOST_TEST_REQUIRE(http.post(users, text(aws())).status == 204);
  }
  int resolve() { return http.get("/v1/resolve?csp=aws").status; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stuck_sink)

BOOST_AUTO_TEST_CASE(an_audit_that_nobody_reads_is_counted_and_delays_nobody) {
  unread_audit own("count");
  for (int i = 0; i < many; ++i) BOOST_TEST_REQUIRE(own.resolve() == 200);
  BOOST_TEST(metric(own.http, "credcached_audit_failures_total") > 0U);
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(own.daemon.stop().value_or(-1) == 0);
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(an_audit_that_must_not_have_gaps_refuses_then_and_goes_on_when_it_is_read) {
  unread_audit own("refuse");
  int answered = 0;
  while (answered < many && own.resolve() == 200) ++answered;
  BOOST_TEST(answered > 100);
  BOOST_TEST(answered < many);
  BOOST_TEST(own.resolve() == 503);
  BOOST_TEST(own.http.get("/healthz").status == 200);

  std::string piece(1 << 20, '\0');
  BOOST_TEST(eventually([&] {
    while (::read(own.reader.get(), piece.data(), piece.size()) > 0) {
    }
    return own.resolve() == 200;
  }));
}

BOOST_AUTO_TEST_CASE(what_was_kept_for_a_slow_reader_is_sent_without_another_line) {
  unread_audit own("count");
  constexpr int some = 600;
  for (int i = 0; i < some; ++i) BOOST_TEST_REQUIRE(own.resolve() == 200);
  BOOST_TEST_REQUIRE(metric(own.http, "credcached_audit_failures_total") == 0U);
  std::string seen, piece(1 << 16, '\0');
  BOOST_TEST(eventually([&] {
    for (ssize_t got = 0; (got = ::read(own.reader.get(), piece.data(), piece.size())) > 0;)
      seen.append(piece, 0, static_cast<std::size_t>(got));
    return std::count(seen.begin(), seen.end(), '\n') == some + 1;
  }));
}

BOOST_AUTO_TEST_CASE(a_pipe_without_a_reader_is_refused_at_the_start) {
  const fifo own;
  own.configure_audit("count");
  const auto refused =
      run_cli({"serve", "--listen", "unix:" + (own.folder / "s"), "--config", own.folder / "config.yaml"});
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(contains(refused.err, "nobody reads from this pipe"));
  }
}

BOOST_AUTO_TEST_CASE(standard_error_that_nobody_reads_delays_nobody) {
  int ends[2];
  BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const credcache::unique_fd reader(ends[0]);
  const temporary_folder folder;
  write_text(folder / "config.yaml", "audit: {to: journal}\n");
  child_process daemon(
      {CREDCACHED_EXECUTABLE, "serve", "--listen", "unix:" + (folder / "s"), "--config", folder / "config.yaml"}, {},
      {-1, -1, ends[1]});
  ::close(ends[1]);
  BOOST_REQUIRE(eventually([&] { return http_client::try_unix(folder / "s") != nullptr; }));
  auto http = http_client::unix_socket(folder / "s");
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  for (int i = 0; i < many; ++i) BOOST_TEST_REQUIRE(http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(metric(http, "credcached_log_lines_lost_total") > 0U);
  daemon.signal(SIGHUP);
  daemon.signal(SIGTERM);
  BOOST_TEST(daemon.wait().value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(a_limit_of_file_size_loses_lines_and_no_credential) {
  const temporary_folder folder;
  write_text(folder / "config.yaml", "audit: {to: " + (folder / "audit") + "}\n");
  daemon_process daemon({.flags = {"--config", folder / "config.yaml"}});
  const rlimit small{20'000, 20'000};
  BOOST_REQUIRE(::prlimit(daemon.pid(), RLIMIT_FSIZE, &small, nullptr) == 0);
  auto http = http_client::unix_socket(daemon.socket());
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  for (int i = 0; i < 300; ++i) BOOST_TEST_REQUIRE(http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(metric(http, "credcached_audit_failures_total") > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stuck_sink_test
