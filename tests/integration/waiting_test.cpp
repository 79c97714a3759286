// Handlers that wait, in a process: many at once, a reload meanwhile, too late, cancelled, and the end of the daemon.
#include <deque>

#include "configured_daemon.hpp"

namespace waiting_test {

using namespace credcached::testing;

namespace {

struct waiting_daemon {
  temporary_folder folder;
  daemon_process daemon;
  http_client http;

  explicit waiting_daemon(std::string_view limits)
      : daemon((configure(limits), daemon_options{.flags = {"--config", folder / "config.yaml"},
                                                  .executable = CREDCACHED_WAITING_EXECUTABLE})),
        http(http_client::unix_socket(daemon.socket())) {
    BOOST_TEST_REQUIRE(http.post(users, text(aws())).status == 204);
  }
  void configure(std::string_view limits) const {
    write_text(folder / "config.yaml", "limits: {" + std::string(limits) + "}\n");
  }
  [[nodiscard]] http_client asking(const std::string& query) const {
    auto client = http_client::unix_socket(daemon.socket());
    client.send_raw(request_text("GET", "/test/wait?csp=aws" + query));
    return client;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(waiting)

BOOST_AUTO_TEST_CASE(many_wait_at_once_and_others_are_answered_meanwhile) {
  waiting_daemon own("requestTimeout: 60s");
  std::deque<http_client> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(own.asking("&milliseconds=1000"));
  for (int i = 0; i < 100; ++i) BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 200);
  own.configure("requestTimeout: 1s");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return metric(own.http, "credcached_reloads_total") == 1U; }));
  for (auto& client : clients) BOOST_TEST(contains(client.read_response().body, marker));
  BOOST_TEST(metric(own.http, R"(credcached_requests_total{operation="wait",status="2xx"})") == 100U);
}

BOOST_AUTO_TEST_CASE(too_late_is_504_and_the_connection_goes_on) {
  waiting_daemon own("requestTimeout: 1s");
  auto client = own.asking("");
  client.send_raw(request_text("GET", "/healthz"));
  check_problem(client.read_response(), 504, "Upstream Timeout");
  BOOST_TEST(client.read_response().status == 200);
  BOOST_TEST(metric(own.http, R"(credcached_problems_total{error_type="Upstream Timeout"})") == 1U);
}

BOOST_AUTO_TEST_CASE(who_goes_away_is_not_waited_for) {
  waiting_daemon own("requestTimeout: 60s");
  for (int i = 0; i < 20; ++i) static_cast<void>(own.asking(""));
  BOOST_TEST(eventually([&] { return metric(own.http, "credcached_connections") == 1U; }, 5s));
}

BOOST_AUTO_TEST_CASE(sigterm_waits_for_what_ends_and_cuts_off_what_does_not) {
  waiting_daemon own("requestTimeout: 60s, drainTimeout: 2s");
  auto ends = own.asking("&milliseconds=1000"), does_not = own.asking("");
  BOOST_TEST(own.http.get("/healthz").status == 200);
  own.daemon.signal(SIGTERM);
  const auto answer = ends.read_response();
  BOOST_TEST(contains(answer.body, marker));
  BOOST_TEST(answer.header("Connection") == "close");
  BOOST_TEST(own.daemon.wait(5s).value_or(-1) == 0);
  BOOST_TEST(does_not.closed_by_peer());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace waiting_test
