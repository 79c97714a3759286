// S13, seen from outside: what goes wrong around the daemon costs at most the request it happens to.
#include <fcntl.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "configured_daemon.hpp"

namespace faults_test {

using namespace credcached::testing;

namespace {

constexpr std::string_view resolve_aws = "/v1/resolve?csp=aws";

std::size_t open_files(pid_t process) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd"))
    ++count;
  return count;
}

void limit_files(pid_t process, rlim_t soft) {
  rlimit limit{};
  ::prlimit(process, RLIMIT_NOFILE, nullptr, &limit);
  limit.rlim_cur = std::min(soft, limit.rlim_max);
  BOOST_TEST_REQUIRE(::prlimit(process, RLIMIT_NOFILE, &limit, nullptr) == 0);
}

/// True once only the test's own connection is left.
bool all_gone(running_daemon& own) {
  return eventually([&] { return metric(own.http, "credcached_connections") == 1U; });
}

/// Asks on and on until the daemon is gone. Whoever got the beginning of an answer must get all of it.
struct asker {
  std::atomic<int> answered{0}, cut_off{0};
  std::thread thread;

  explicit asker(const std::string& socket)
      : thread([this, socket] {
          while (const auto client = http_client::try_unix(socket)) {
            try {
              for (;;) {
                if (client->get(resolve_aws).status != 200) break;
                ++answered;
              }
            } catch (const std::exception& e) {
              // "closed in the middle of an answer: " and nothing behind it: closed instead of an answer.
              if (!std::string_view(e.what()).ends_with(": ")) ++cut_off;
            }
          }
        }) {}
  ~asker() { thread.join(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(faults)

BOOST_FIXTURE_TEST_CASE(without_descriptors_connections_wait_and_are_served_later, running_daemon) {
#ifdef CREDCACHED_SANITIZED
  return skip("without_descriptors_connections_wait_and_are_served_later",
              "without descriptors a sanitizer cannot look at memory and takes good objects for bad ones");
#endif
  limit_files(daemon.pid(), open_files(daemon.pid()));
  std::vector<http_client> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(connect());
    waiting.back().send_raw(request_text("GET", "/healthz"));
  }
  BOOST_TEST(daemon.logs("Connections have to wait"));
  BOOST_TEST(http.get("/healthz").status == 200);  // those that are in are served
  limit_files(daemon.pid(), RLIM_INFINITY);
  for (auto& client : waiting) BOOST_TEST(client.read_response().status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_client_may_vanish_after_any_byte_of_a_request, running_daemon) {
  const auto body = text(huawei());
  const auto head = "POST " + std::string(users) + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  char size[8];
  std::snprintf(size, sizeof size, "%zx", body.size());
  for (const auto& whole : {head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                            head + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n" + body + "\r\n0\r\n\r\n"}) {
    for (std::size_t sent = 0; sent < whole.size(); ++sent) {
      connect().send_raw(whole.substr(0, sent));  // and closes
      auto half = connect();
      half.send_raw(whole.substr(0, sent));
      half.half_close();
      if (sent % 16 == 0) BOOST_TEST(half.closed_by_peer());
    }
  }
  BOOST_TEST(all_gone(*this));
  BOOST_TEST(http.get("/v1/credentials").body == "[]");
  BOOST_TEST(http.post(users, body).status == 204);
}

BOOST_FIXTURE_TEST_CASE(a_client_may_vanish_in_the_middle_of_an_answer, running_daemon) {
  std::string many;
  for (int i = 0; i < 200; ++i) many += request_text("GET", "/openapi.json");
  for (int round = 0; round < 20; ++round) {
    auto client = connect();
    client.send_some(many);
    if (round % 2 == 0) BOOST_TEST(client.read_response().status == 200);
  }
  BOOST_TEST(all_gone(*this));
}

BOOST_FIXTURE_TEST_CASE(long_answers_arrive_whole_however_slowly_they_are_read, running_daemon) {
  const auto expected = http.get("/openapi.json").body;
  std::string many;
  for (int i = 0; i < 100; ++i) many += request_text("GET", "/openapi.json");
  http.send_raw(many);  // far more than a socket holds: the daemon has to write piece by piece
  for (int i = 0; i < 100; ++i) BOOST_TEST_REQUIRE((http.read_response().body == expected));
}

BOOST_AUTO_TEST_CASE(sigterm_under_load_cuts_no_answer_off) {
  running_daemon own;
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  auto late = own.connect();
  const auto request = request_text("PUT", users, text(aws()));
  late.send_raw(request.substr(0, request.size() - 10));
  {
    asker a(own.daemon.socket()), b(own.daemon.socket()), c(own.daemon.socket());
    BOOST_TEST(eventually([&] { return a.answered > 100 && b.answered > 100 && c.answered > 100; }));
    own.daemon.signal(SIGTERM);
    BOOST_TEST(own.daemon.logs("Stopping"));
    late.send_raw(request.substr(request.size() - 10));  // begun before the signal, ended after it
    const auto answer = late.read_response();
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(answer.header("Connection") == "close");
    BOOST_TEST(own.daemon.wait().value_or(-1) == 0);
    for (const auto* one : {&a, &b, &c}) BOOST_TEST(one->cut_off == 0);
  }
  BOOST_TEST(!std::filesystem::exists(own.daemon.socket()));
}

BOOST_AUTO_TEST_CASE(a_stuck_client_holds_the_end_up_no_longer_than_configured) {
  configured_daemon own("limits: {drainTimeout: 1s, bodyTimeout: 60s}\n");
  const auto request = request_text("PUT", users, text(aws()));
  own.http.send_raw(request.substr(0, request.size() - 10));
  auto deaf = own.connect();
  for (int i = 0; i < 500; ++i) deaf.send_some(request_text("GET", "/openapi.json"));
  const auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(own.daemon.stop().value_or(-1) == 0);
  const auto took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST((took > 900ms && took < 3s));
}

BOOST_AUTO_TEST_CASE(a_reload_that_cannot_work_changes_nothing) {
  const temporary_folder providers;
  configured_daemon own("providers: \"" + providers.path().string() + "\"\n");
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  const auto good = read_text(own.folder / "config.yaml");
  std::uint64_t failures = 0;
  const auto refused = [&](std::string_view what) {
    own.daemon.signal(SIGHUP);
    BOOST_TEST_CONTEXT(what) {
      BOOST_TEST(eventually([&] { return metric(own.http, "credcached_reload_failures_total") == failures + 1; }));
      BOOST_TEST(own.http.get(resolve_aws).status == 200);
      BOOST_TEST(own.http.get("/v1/resolve?csp=Vultr").status == 404);  // still known
    }
    ++failures;
  };
  for (const auto* broken : {"limits: {connections: many}\n", "nonsense: 1\n", "a: [\n", "defaultTtl: 99d\n"}) {
    own.configure(broken);
    refused(broken);
  }
  std::filesystem::remove(own.folder / "config.yaml");
  refused("no file");
  own.configure(good);
  write_text(providers / "10-broken.yaml", "csp: Broken\nsites: 7\n");
  refused("a broken definition");
  std::filesystem::remove(providers / "10-broken.yaml");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return metric(own.http, "credcached_reloads_total") == 1U; }));
  BOOST_TEST(own.http.get(resolve_aws).status == 200);
}

BOOST_AUTO_TEST_CASE(a_log_that_cannot_be_written_costs_only_the_log) {
  const temporary_folder folder;
  const auto socket = folder / "s";
  write_text(folder / "config.yaml", "logLevel: info\n");
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  child_process daemon(
      {CREDCACHED_EXECUTABLE, "serve", "--listen", "unix:" + socket, "--config", folder / "config.yaml"}, {},
      {-1, full, full});
  ::close(full);
  BOOST_TEST_REQUIRE(eventually([&] { return http_client::try_unix(socket) != nullptr; }));
  auto http = http_client::unix_socket(socket);
  for (int i = 0; i < 100; ++i) BOOST_TEST(http.post(users, text(aws())).status == 204);
  daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return metric(http, "credcached_reloads_total") == 1U; }));
  BOOST_TEST(http.get(resolve_aws).status == 200);
  daemon.signal(SIGTERM);
  BOOST_TEST(daemon.wait().value_or(-1) == 0);
}

// Stopping and continuing interrupts system calls (EINTR) as no ignored signal does.
BOOST_FIXTURE_TEST_CASE(interruptions_lose_no_request, running_daemon) {
  std::atomic<bool> over{false};
  std::thread storm([&] {
    for (int i = 0; !over; ++i)
      for (const int number : {SIGSTOP, SIGCONT, i % 50 == 0 ? SIGHUP : SIGWINCH, SIGCHLD, SIGURG, SIGPIPE})
        daemon.signal(number);
  });
  const auto body = text(aws("AKIA0123456789ABCDEF", std::string(15'000, 's')));
  for (int i = 0; i < 300; ++i) {
    auto client = connect();
    if (client.post(users, body).status != 204) BOOST_ERROR("an add was lost");
    if (client.get(resolve_aws).body.size() < 15'000) BOOST_ERROR("an answer was lost");
  }
  over = true;
  storm.join();
  daemon.signal(SIGCONT);
  BOOST_TEST(http.get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(a_clock_that_steps_moves_no_deadline) {
#ifdef CREDCACHED_SANITIZED
  return skip("a_clock_that_steps_moves_no_deadline", "a sanitizer's runtime does not take another preloaded library");
#else
  const temporary_folder folder;
  const auto shift = folder / "shift";
  write_text(shift, "0");
  configured_daemon own("{}", {{"LD_PRELOAD", CLOCK_SHIFT_LIBRARY}, {"CLOCK_SHIFT_FILE", shift}});
  const auto remaining = [&] { return own.http.get(resolve_aws).json().at("remaining").as_int64(); };
  BOOST_TEST(own.http.post(users, text(with(aws(), "timeToLive", 600))).status == 204);
  const auto expires = text_at(own.http.get(resolve_aws).json(), "expiresAt");
  for (const auto* seconds : {"3600", "-3600"}) {
    write_text(shift, seconds);
    BOOST_TEST_CONTEXT("moved by " << seconds) {
      BOOST_TEST((remaining() > 570 && remaining() <= 600));
      BOOST_TEST(text_at(own.http.get(resolve_aws).json(), "expiresAt") != expires);  // told in the time that is now
      BOOST_TEST(own.http.put(users, text(with(huawei(), "timeToLive", 1))).status == 204);
      const auto huawei_status = [&] {
        return own.http.get("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland").status;
      };
      BOOST_TEST(huawei_status() == 200);
      BOOST_TEST(eventually([&] { return huawei_status() == 404; }, 3s));
    }
  }
#endif
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace faults_test
