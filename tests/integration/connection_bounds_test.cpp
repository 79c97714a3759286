// S10: how many connections and requests there may be, and how long a client may take.
#include <sys/resource.h>

#include "configured_daemon.hpp"
#include "peers.hpp"

namespace connection_bounds_test {

using namespace credcached::testing;

namespace {

using clock_type = std::chrono::steady_clock;
constexpr std::string_view everybody = "access: [{peer: {}, owners: [\"*\"]}]\n";

/// 503 at the door: the answer comes without a request.
void check_turned_away(http_client client) {
  const auto answer = client.read_response();
  check_problem(answer, 503, "Capacity Exceeded");
  BOOST_TEST(!answer.header("Retry-After").empty());
  BOOST_TEST(client.closed_by_peer());
}

/// Sends a byte at a time until the daemon has had enough; how long that took. Who goes on sending is not reset.
std::chrono::duration<double> drip(http_client& client, std::string_view first, int status) {
  const auto begin = clock_type::now();
  client.send_raw(first);
  http_response answer;
  std::size_t sent = 0;
  const bool over = eventually([&] {
    if (sent++ % 8 == 0) client.send_raw("x");
    return client.readable();
  });
  BOOST_TEST_REQUIRE(over);
  const auto end = clock_type::now();
  answer = client.read_response();
  BOOST_TEST_CONTEXT(answer) BOOST_TEST(answer.status == status);
  BOOST_TEST(client.still_taken("x"));
  BOOST_TEST(client.closed_by_peer());
  BOOST_TEST(!client.was_reset());
  return end - begin;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connection_bounds)

BOOST_AUTO_TEST_CASE(connections_are_bounded_in_all_and_per_user, *boost::unit_test::precondition(as_root())) {
  const open_daemon own(std::string(everybody) + "limits: {connections: 6, connectionsPerUid: 4}\n");
  const auto connected = [&](identity who, std::size_t count) {
    std::vector<http_client> clients;
    while (clients.size() < count) {
      auto client = connect_as(who, own.socket);
      if (client.get("/healthz").status == 200) clients.push_back(std::move(client));
    }
    return clients;
  };
  auto roots = connected({0, 0}, 4);
  check_turned_away(connect_as({0, 0}, own.socket));
  auto games = connected(games_user, 2);
  check_turned_away(connect_as(games_user, own.socket));
  check_turned_away(connect_as(nobody, own.socket));
  for (auto& client : roots) BOOST_TEST(client.get("/healthz").status == 200);  // those who are in stay in
  roots.pop_back();
  BOOST_TEST(eventually([&] { return connect_as(nobody, own.socket).get("/healthz").status == 200; }));
  BOOST_TEST(metric(roots.front(), "credcached_connections_refused_total") >= 3U);
}

BOOST_AUTO_TEST_CASE(a_user_who_asks_too_often_has_to_wait_and_nobody_else,
                     *boost::unit_test::precondition(as_root())) {
  const open_daemon own(std::string(everybody) + "limits: {requestsPerSecond: 2, requestsBurst: 5}\n");
  auto games = connect_as(games_user, own.socket);
  for (int i = 0; i < 5; ++i) BOOST_TEST(games.get("/healthz").status == 200);
  const auto refused = games.get("/healthz");
  check_problem(refused, 429, "Too Many Requests");
  BOOST_TEST(refused.header("Retry-After") == "1");
  check_problem(connect_as(games_user, own.socket).get("/healthz"), 429, "Too Many Requests");  // not per connection
  BOOST_TEST(connect_as(nobody, own.socket).get("/healthz").status == 200);
  BOOST_TEST(eventually([&] { return games.get("/healthz").status == 200; }, 3s));
}

BOOST_AUTO_TEST_CASE(who_drips_or_stalls_is_dropped) {
  const configured_daemon own("limits: {headerTimeout: 1s, bodyTimeout: 1s, idleTimeout: 1s}\n");
  const auto limit = std::chrono::duration<double>(3);
  const std::string head = "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  const auto dripped = [&](const std::string& first) {
    auto client = own.connect();
    return drip(client, first, 408);
  };
  BOOST_TEST((dripped("GET /healthz HTTP/1.1\r\nX: ") < limit));
  BOOST_TEST((dripped(head + "Content-Length: 60000\r\n\r\n") < limit));
  BOOST_TEST((dripped(head + "Transfer-Encoding: chunked\r\n\r\nfff\r\n") < limit));

  // All of these wait at the same time.
  auto silent = own.connect(), idle = own.connect(), half = own.connect(), half_request = own.connect();
  BOOST_TEST(idle.get("/healthz").status == 200);
  half.half_close();
  half_request.send_raw(head);
  half_request.half_close();
  auto asked = own.connect();
  asked.send_raw(request_text("GET", "/healthz"));
  asked.half_close();
  BOOST_TEST(asked.read_response().status == 200);
  for (auto* client : {&asked, &half, &half_request, &silent, &idle}) BOOST_TEST(client->closed_by_peer(3s));
}

BOOST_AUTO_TEST_CASE(who_does_not_read_is_dropped) {
  configured_daemon own("limits: {bodyTimeout: 1s}\n");
  auto deaf = own.connect();
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += request_text("GET", "/openapi.json");
  deaf.send_some(many);
  BOOST_TEST(eventually([&] { return metric(own.http, "credcached_connections") == 1U; }, 6s));
}

BOOST_AUTO_TEST_CASE(ten_thousand_connections_are_held_and_answered) {
  constexpr std::size_t count = 10'000;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_max < count + 200)
    return skip("ten_thousand_connections_are_held_and_answered",
                "RLIMIT_NOFILE allows only " + std::to_string(files.rlim_max));
  const rlimit before = files;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  {
    configured_daemon own("limits: {connectionsPerUid: 10000}\n");  // the total is the default
    std::vector<http_client> clients;
    while (clients.size() < count - 2) clients.push_back(own.connect());
    BOOST_TEST(eventually([&] { return metric(own.http, "credcached_connections") == count - 1; }));
    const auto begin = clock_type::now();
    auto last = own.connect();
    BOOST_TEST(last.get("/healthz").status == 200);
    BOOST_TEST((clock_type::now() - begin < 1s));
    check_turned_away(own.connect());
    for (std::size_t i = 0; i < clients.size(); i += 97) BOOST_TEST(clients[i].get("/healthz").status == 200);
    clients.clear();
    BOOST_TEST(eventually([&] { return metric(own.http, "credcached_connections") == 2U; }));
    BOOST_TEST(own.connect().get("/healthz").status == 200);
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace connection_bounds_test
