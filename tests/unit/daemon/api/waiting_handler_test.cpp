// Handlers that wait: cancelled, too late, drained, reloaded under, two at once, without memory.
#include "connection_scene.hpp"
#include "files.hpp"
#include "waiting_routes.hpp"

namespace waiting_handler_test {

using namespace credcached;
using namespace credcached::testing;
using credcache::testing::freed_memory;

namespace {

constexpr std::string_view wait_for_alpha = "/test/wait?csp=Alpha";

struct waiting_fixture : connection_scene {
  temporary_folder folder;
  const std::string secret = std::string(600, 's'), other_secret = std::string(600, 'o');

  waiting_fixture() : connection_scene(waiting_routes()) {
    state->audit.use(audit::open_audit_file({folder / "audit", config::audit_failure::count}));
    add("alice", secret);
    add("bob", other_secret);
  }
  ~waiting_fixture() {
    pool.close_all();
    settle(context);
    BOOST_TEST(waiting_requests().empty());
    BOOST_TEST(pool.size() == 0U);
  }

  void add(std::string_view owner, const std::string& value) {
    BOOST_TEST_REQUIRE(
        ask(request_of(owner, "PUT", users, alpha_credential("ID", value))).starts_with("HTTP/1.1 204 "));
  }
  /// Connects, asks, and sees the handler wait.
  void ask_and_wait(pair_client& client, std::string_view request) {
    const auto before = waiting_requests().size();
    connect(client);
    client.send(request);
    settle(context);
    BOOST_TEST_REQUIRE(waiting_requests().size() == before + 1);
    BOOST_TEST(client.receive() == "");
  }
  void let_all_go() {
    for (auto& request : waiting_requests()) request.let_go();
    settle(context);
  }
  [[nodiscard]] std::uint64_t counted(std::string_view operation, std::size_t status_class) const {
    const auto& table = waiting_routes();
    const auto route = std::ranges::find(table, operation, &api::route::operation);
    return counters->requests[static_cast<std::size_t>(route - table.begin())].by_class[status_class].value();
  }
  [[nodiscard]] std::size_t audited(std::string_view status) const {
    const std::string lines = read_text(folder / "audit");
    const std::string text = R"("event":"resolve")";
    std::size_t count = 0;
    for (std::size_t at = 0, end = 0; (end = lines.find('\n', at)) != std::string::npos; at = end + 1) {
      const auto line = std::string_view(lines).substr(at, end - at);
      if (contains(line, text) && contains(line, "\"status\":" + std::string(status))) ++count;
    }
    return count;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_handler, waiting_fixture)

BOOST_AUTO_TEST_CASE(the_answer_arrives_when_it_is_there) {
  for (const auto& request :
       {request_of("alice", "GET", wait_for_alpha), request_of("alice", "POST", wait_for_alpha, R"({"any":"body"})")}) {
    pair_client client;
    ask_and_wait(client, request);
    let_all_go();
    const auto answer = client.receive();
    BOOST_TEST(answer.starts_with("HTTP/1.1 200 "));
    BOOST_TEST(contains(answer, secret));
    check_whole(answer);
    BOOST_TEST(!client.ended());
    client.send(request_text("GET", "/healthz"));
    settle(context);
    BOOST_TEST(client.receive().starts_with("HTTP/1.1 200 "));
  }
  BOOST_TEST(counted("wait", 2) == 1U);
  BOOST_TEST(counted("waitWithBody", 2) == 1U);
  BOOST_TEST(audited("200") == 2U);
}

BOOST_AUTO_TEST_CASE(a_handler_that_does_not_come_to_wait_answers_as_well) {
  BOOST_TEST(ask(request_of("alice", "GET", "/test/wait?csp=Nowhere")).starts_with("HTTP/1.1 422 "));
  BOOST_TEST(ask(request_of("carol", "GET", wait_for_alpha)).starts_with("HTTP/1.1 404 "));
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_behind_it) {
  for (const bool at_once : {true, false}) {
    BOOST_TEST_CONTEXT("at once: " << at_once) {
      const std::string next = request_text("GET", "/healthz") + request_text("GET", "/nosuch");
      pair_client client;
      ask_and_wait(client, request_of("alice", "GET", wait_for_alpha) + (at_once ? next : ""));
      if (!at_once) client.send(next);
      settle(context);
      BOOST_TEST(client.receive() == "");
      let_all_go();
      const auto answers = client.receive();
      const auto first = answers.find("HTTP/1.1 200 "), second = answers.find("HTTP/1.1 200 ", first + 1),
                 third = answers.find("HTTP/1.1 404 ");
      BOOST_TEST(first == 0U);
      BOOST_TEST(contains(std::string_view(answers).substr(0, second), secret));
      BOOST_TEST(second < third);
      BOOST_TEST(third != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_away_cancels_it_and_leaves_nothing) {
  freed_memory watch(std::string_view(secret).substr(0, 16));
  const credcache::resolution* scratch = nullptr;
  {
    pair_client client;
    ask_and_wait(client, request_of("alice", "GET", wait_for_alpha));
    scratch = &waiting_requests().front().context.resolution();
    BOOST_TEST(!scratch->empty());
  }
  settle(context);
  watch.stop();
  BOOST_TEST(waiting_requests().empty());
  BOOST_TEST(pool.size() == 0U);
  BOOST_TEST(scratch->empty());  // it is kept for the next request
  BOOST_TEST(watch.found() == 0U);
  BOOST_TEST(counted("wait", 2) == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_takes_too_long_is_answered_504_once) {
  pair_client client;
  connect(client);
  client.send(request_of("alice", "GET", "/test/wait/briefly?csp=Alpha") + request_text("GET", "/healthz"));
  settle(context);
  BOOST_TEST(waiting_requests().empty());
  const auto answers = client.receive();
  const auto next = answers.find("HTTP/1.1 200 ");
  const auto answer = std::string_view(answers).substr(0, next);
  BOOST_TEST(answer.starts_with("HTTP/1.1 504 Gateway Timeout\r\n"));
  BOOST_TEST(contains(answer, R"({"errorType":"Upstream Timeout","details":[")"));
  check_whole(answer);
  BOOST_TEST(next != std::string::npos);  // the connection goes on
  BOOST_TEST(counted("waitBriefly", 5) == 1U);
  BOOST_TEST(counted("waitBriefly", 2) == 0U);
  BOOST_TEST(counters->errors[static_cast<std::size_t>(api::error_kind::upstream_timeout)].value() == 1U);
  BOOST_TEST(audited("504") == 1U);
  BOOST_TEST(audited("200") == 0U);
}

BOOST_AUTO_TEST_CASE(how_long_it_may_take_is_a_setting) {
  settings.limits.request_timeout = std::chrono::seconds(0);
  pipeline->publish(make_configuration());
  BOOST_TEST(ask(request_of("alice", "GET", wait_for_alpha)).starts_with("HTTP/1.1 504 "));
}

BOOST_AUTO_TEST_CASE(a_drain_waits_for_it) {
  bool drained = false;
  {
    pair_client client;
    ask_and_wait(client, request_of("alice", "GET", wait_for_alpha));
    pool.drain([&] { drained = true; });
    settle(context);
    BOOST_TEST(!drained);
    let_all_go();
    const auto answer = client.receive();
    BOOST_TEST(contains(answer, "\r\nConnection: close\r\n"));
    BOOST_TEST(contains(answer, secret));
    BOOST_TEST(client.ended());
  }
  settle(context);
  BOOST_TEST(drained);
}

BOOST_AUTO_TEST_CASE(what_must_end_at_once_cancels_it) {
  pair_client client;
  ask_and_wait(client, request_of("alice", "GET", wait_for_alpha));
  bool drained = false;
  pool.drain([&] { drained = true; });
  pool.close_all();
  settle(context);
  BOOST_TEST(drained);
  BOOST_TEST(waiting_requests().empty());
  BOOST_TEST(client.receive() == "");
  BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(it_keeps_the_configuration_it_began_with) {
  pair_client client;
  ask_and_wait(client, request_of("alice", "GET", wait_for_alpha));
  const auto& before = waiting_requests().front().context.catalog();
  catalog = credcache::testing::catalog_of({credcache::testing::omega});
  pipeline->publish(make_configuration());
  BOOST_TEST(ask(request_of("alice", "GET", wait_for_alpha)).starts_with("HTTP/1.1 422 "));  // unknown from now on
  BOOST_TEST(&waiting_requests().front().context.catalog() == &before);
  let_all_go();
  BOOST_TEST(contains(client.receive(), secret));
  client.send(request_of("alice", "GET", wait_for_alpha));
  settle(context);
  BOOST_TEST(client.receive().starts_with("HTTP/1.1 422 "));
}

BOOST_AUTO_TEST_CASE(two_at_once_share_no_plaintext) {
  pair_client alice, bob;
  ask_and_wait(alice, request_of("alice", "GET", wait_for_alpha));
  ask_and_wait(bob, request_of("bob", "GET", wait_for_alpha));
  auto& first = waiting_requests().front().context.resolution();
  auto& second = waiting_requests().back().context.resolution();
  BOOST_TEST(&first != &second);
  const auto all_of = [](const credcache::resolution& scratch) {
    std::string values;
    scratch.for_each([&](std::string_view, std::string_view value, credcache::value_origin) { values += value; });
    return values;
  };
  BOOST_TEST(contains(all_of(first), secret));
  BOOST_TEST(!contains(all_of(first), other_secret.substr(0, 4)));
  BOOST_TEST(contains(all_of(second), other_secret));
  BOOST_TEST(!contains(all_of(second), secret.substr(0, 4)));

  waiting_requests().back().let_go();
  settle(context);
  const auto of_bob = bob.receive();
  BOOST_TEST(contains(of_bob, other_secret));
  BOOST_TEST(!contains(of_bob, secret));
  BOOST_TEST(alice.receive() == "");
  BOOST_TEST(contains(all_of(first), secret));
  BOOST_TEST(ask(request_of("bob", "GET", "/v1/resolve?csp=Alpha")).find(other_secret) != std::string::npos);
  let_all_go();
  const auto of_alice = alice.receive();
  BOOST_TEST(contains(of_alice, secret));
  BOOST_TEST(!contains(of_alice, other_secret));
}

BOOST_AUTO_TEST_CASE(what_it_throws_is_a_500) {
  pair_client client;
  ask_and_wait(client, request_of("alice", "GET", "/test/wait/throw?csp=Alpha"));
  let_all_go();
  const auto answer = client.receive();
  BOOST_TEST(answer.starts_with("HTTP/1.1 500 "));
  BOOST_TEST(contains(answer, R"("errorType":"Internal Error")"));
  BOOST_TEST(!contains(answer, secret));
  check_whole(answer);
  BOOST_TEST(counted("waitAndThrow", 5) == 1U);
  client.send(request_text("GET", "/healthz"));
  settle(context);
  BOOST_TEST(client.receive().starts_with("HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_it_answers_all_or_nothing) {
  const auto run = [&] {
    settle(context);
    let_all_go();
  };
  const auto failures =
      fail_each(request_of("alice", "GET", wait_for_alpha), secret, run, [&](std::string_view answer) {
        if (!answer.empty()) check_whole(answer);
        if (answer.starts_with("HTTP/1.1 200 ")) {
          BOOST_TEST(contains(answer, secret));
        } else {
          BOOST_TEST((answer.empty() || answer.starts_with("HTTP/1.1 503 ")));
        }
        BOOST_TEST(waiting_requests().empty());
        BOOST_TEST(pool.size() <= 1U);
        settle(context);
      });
  BOOST_TEST(failures > 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace waiting_handler_test
