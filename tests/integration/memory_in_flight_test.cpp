// S3, S10: answers that nobody takes have a bound, and go when their credential dies.
#include <vector>

#include "big_owner.hpp"
#include "marked_values.hpp"
#include "memory_scan.hpp"
#include "peers.hpp"

namespace memory_in_flight_test {

using namespace credcached::testing;

namespace {

using clock_type = std::chrono::steady_clock;
constexpr std::size_t mib = 1'024 * 1'024;
const std::string list_of_big = request_of("big", "GET", "/v1/credentials");

double seconds_since(clock_type::time_point begin) {
  return std::chrono::duration<double>(clock_type::now() - begin).count();
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// Clients that ask and read nothing.
std::vector<http_client> deaf_clients(const std::string& socket, std::size_t count, std::string_view requests) {
  std::vector<http_client> clients;
  while (clients.size() < count) clients.push_back(http_client::unix_socket(socket));
  for (const auto& client : clients) client.send_some(requests);
  return clients;
}

/// The most memory that the daemon takes until it has done what it was asked; 500 ms without more are taken for that.
std::size_t most_resident(pid_t daemon) {
  std::size_t most = 0;
  auto grown = clock_type::now();
  while (clock_type::now() - grown < 500ms) {
    const std::size_t now = resident_bytes(daemon);
    if (now <= most) continue;
    most = now;
    grown = clock_type::now();
  }
  return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_in_flight)

BOOST_AUTO_TEST_CASE(clients_that_read_nothing_hold_little) {
  const big_definition definition;
  configured_daemon own(definition.setting());
  fill(own.http, "big", 14, 10'000);
  const std::size_t before = resident_bytes(own.daemon.pid());
  {
    const auto deaf = deaf_clients(own.daemon.socket(), 990, repeated(list_of_big, 8));
    const std::size_t grown = most_resident(own.daemon.pid()) - before;
    BOOST_TEST(metric(own.http, "credcached_memory_in_flight_bytes") <= 64 * mib);
    constexpr std::string_view test = "clients_that_read_nothing_hold_little";
    if (!credcache::testing::skipped_when_sanitized(test,
                                                    "a sanitizer keeps memory that was freed; not measured there"))
      BOOST_TEST(grown <= 64 * mib);
    std::cout << "NOTE: 990 clients that read nothing of 8 lists of 560 kB: " << grown / mib << " MiB\n" << std::flush;
  }
  auto after = own.connect();
  BOOST_TEST(eventually([&] { return metric(after, "credcached_memory_in_flight_bytes") == 0U; }));
  BOOST_TEST(eventually([&] { return metric(after, "credcached_connections") == 2U; }));
}

BOOST_AUTO_TEST_CASE(a_list_of_everything_an_owner_may_have_goes_out_in_pieces) {
  const big_definition definition;
  configured_daemon own(definition.setting() + "limits: {bodyTimeout: 60s}\n");
  fill(own.http, "big", 1'024, 15'000);
  const std::size_t before = resident_bytes(own.daemon.pid());
  {
    auto deaf = deaf_clients(own.daemon.socket(), 10, list_of_big);
    const std::size_t grown = most_resident(own.daemon.pid()) - before;
    BOOST_TEST(grown <= 16 * mib);
    std::cout << "NOTE: 10 clients that read nothing of a list of 61 MB: " << grown / mib << " MiB\n" << std::flush;
    const auto answer = deaf.front().read_response();  // and who reads has all of it
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body.size() > std::size_t{1'024} * 60'000);
    BOOST_TEST((answer.body.front() == '[' && answer.body.back() == ']'));
  }
  const auto begin = clock_type::now();
  BOOST_TEST(own.http.remove("/v1/credentials?name=nosuch", as_user("big")).body == R"({"removed":0})");
  BOOST_TEST(own.http.remove("/v1/credentials?all=true", as_user("big")).body == R"({"removed":1024})");
  BOOST_TEST(seconds_since(begin) < 1.0);
  std::cout << "NOTE: two removals over 1,024 credentials: " << seconds_since(begin) << " s\n" << std::flush;
}

BOOST_AUTO_TEST_CASE(what_is_over_the_limit_is_refused_and_others_are_served,
                     *boost::unit_test::precondition(as_root())) {
  const big_definition definition;
  const open_daemon own(definition.setting() +
                        "access: [{peer: {}, owners: [\"*\"]}]\nlimits: {memoryInFlightBytes: 8388608}\n");
  auto root = http_client::unix_socket(own.socket);
  fill(root, "big", 56, 10'000);  // far more than a socket takes
  {
    std::vector<http_client> deaf;
    for (int i = 0; i < 200; ++i) {
      deaf.push_back(connect_as(games_user, own.socket));
      deaf.back().send_some(list_of_big);
    }
    BOOST_TEST(eventually([&] { return metric(root, "credcached_memory_refusals_total") > 0U; }));
    BOOST_TEST(metric(root, "credcached_memory_in_flight_bytes") >= 3 * mib);
    check_problem(connect_as(games_user, own.socket).get("/healthz"), 503, "Capacity Exceeded");
    BOOST_TEST(connect_as(nobody, own.socket).get("/v1/credentials", as_user("big")).status == 200);
  }
  BOOST_TEST(eventually([&] { return metric(root, "credcached_memory_in_flight_bytes") == 0U; }));
  BOOST_TEST(connect_as(games_user, own.socket).get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(long_lists_are_chunked_and_short_ones_whole) {
  const big_definition definition;
  configured_daemon own(definition.setting());
  fill(own.http, "big", 40, 1'000);
  fill(own.http, "small", 2, 10);

  const auto few = own.http.get("/v1/credentials", as_user("small"));
  BOOST_TEST(!few.header("Content-Length").empty());
  BOOST_TEST(few.header("Transfer-Encoding").empty());
  BOOST_TEST(few.json().as_array().size() == 2U);
  for (const auto* path : {"/v1/credentials", users.data()}) {
    const auto many = own.http.get(path, as_user("big"));
    BOOST_TEST(many.header("Transfer-Encoding") == "chunked");
    BOOST_TEST(many.header("Content-Length").empty());
    BOOST_TEST(many.json().as_array().size() == 40U);
  }

  own.http.send_raw(request_of("big", "HEAD", "/v1/credentials") + request_text("GET", "/healthz"));
  BOOST_TEST(own.http.read_response(true).status == 200);
  BOOST_TEST(own.http.read_response().body == R"({"status":"ok"})");

  auto old = own.connect();
  old.send_raw("GET /v1/credentials HTTP/1.0\r\nX-Credential-User: big\r\nConnection: keep-alive\r\n\r\n");
  const auto ended_by_closing = old.read_response();
  BOOST_TEST(ended_by_closing.header("Transfer-Encoding").empty());
  BOOST_TEST(ended_by_closing.header("Content-Length").empty());
  BOOST_TEST(ended_by_closing.header("Connection") == "close");
  BOOST_TEST(ended_by_closing.json().as_array().size() == 40U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_not_taken_dies_with_its_credential) {
  if (credcache::testing::skipped_when_sanitized("an_answer_that_was_not_taken_dies_with_its_credential",
                                                 "sanitizers keep copies of freed memory on purpose"))
    return;
  running_daemon own;
  const marked_values marks;
  const auto deadline = clock_type::now() + 2s;
  BOOST_TEST(
      own.http.post(users, text(with(aws("AKIA0123456789ABCDEF", marks.value(15'000)), "timeToLive", 2))).status ==
      204);
  const auto deaf = deaf_clients(own.daemon.socket(), 1, repeated(request_text("GET", "/v1/resolve?csp=aws"), 200));
  BOOST_TEST(eventually([&] { return !find_in_memory(own.daemon.pid(), marks.word()).empty(); }));
  BOOST_TEST((clock_type::now() < deadline));
  BOOST_TEST(eventually([&] { return find_in_memory(own.daemon.pid(), marks.word()).empty(); }));
  BOOST_TEST(seconds_since(deadline) <= 1.0);
  BOOST_TEST(metric(own.http, "credcached_answers_dropped_total") == 1U);
  BOOST_TEST(metric(own.http, "credcached_connections") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace memory_in_flight_test
