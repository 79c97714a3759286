// Connections over socket pairs, with a handler of the test's own.
#include <boost/test/unit_test.hpp>
#include <list>

#include "api_scene.hpp"
#include "freed_memory.hpp"
#include "http/connection_pool.hpp"

namespace connection_test {

using namespace credcached;
using namespace credcached::testing;

namespace {

// Answers 204, after three milliseconds or an exception if the target says so.
struct test_exchange final : http::exchange {
  static constexpr std::chrono::milliseconds long_turn{3};

  bool begin(std::uint64_t) override {
    if (request.target == "/throw-in-begin") throw std::logic_error("expected by a test");
    return true;
  }
  bool finish() override {
    response.start(204);
    const auto end = credcache::boot_clock::now() + long_turn;
    while (request.target == "/long" && credcache::boot_clock::now() < end) {
    }
    if (request.target == "/throw-in-finish") throw std::logic_error("expected by a test");
    return true;
  }
  void refuse(unsigned status, std::string_view) override { response.start(status); }
  [[nodiscard]] std::chrono::seconds time_limit() const noexcept override { return std::chrono::seconds{30}; }
  void cancel() noexcept override {}
  void clear() noexcept override { request.reset(); }
};

struct test_handler final : http::request_handler {
  // Who is not there at once is too late.
  config::limits configured{.body_timeout = std::chrono::seconds(0)};

  std::unique_ptr<http::exchange> make_exchange(boost::asio::io_context&) override {
    return std::make_unique<test_exchange>();
  }
  const config::limits& limits() const noexcept override { return configured; }
};

struct pool_fixture {
  boost::asio::io_context context{1};
  test_handler handler;
  std::size_t closed = 0;
  http::connection_pool pool{context, handler, std::make_shared<http::memory_budget>(),
                             [this](const platform::peer&) { ++closed; }};

  void connect(pair_client& client) {
    pool.add(http::connection::socket_type(context, boost::asio::generic::stream_protocol(AF_UNIX, 0), client.peer_end),
             local_peer());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connection, pool_fixture)

BOOST_AUTO_TEST_CASE(an_exception_ends_its_connection_and_no_other) {
  for (const auto* target : {"/throw-in-begin", "/throw-in-finish"}) {
    BOOST_TEST_CONTEXT(target) {
      closed = 0;
      pair_client bad, good;
      connect(bad);
      connect(good);
      settle(context);
      bad.send(request_text("GET", target));
      BOOST_CHECK_THROW(settle(context), std::logic_error);  // for the loop to report
      good.send(request_text("GET", "/"));
      settle(context);
      BOOST_TEST(bad.receive() == "");
      BOOST_TEST(bad.ended());
      BOOST_TEST(closed == 1U);
      BOOST_TEST(good.receive().starts_with("HTTP/1.1 204 "));
      pool.close_all();
      settle(context);
      BOOST_TEST(pool.size() == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(who_asks_for_little_is_not_behind_those_who_connect_and_ask_for_much) {
  pair_client light;
  connect(light);
  light.send(request_text("GET", "/"));
  settle(context);
  BOOST_TEST_REQUIRE(light.receive().starts_with("HTTP/1.1 204 "));

  std::list<pair_client> heavy;
  const auto flood = [&](int count) {
    for (int i = 0; i < count; ++i) {
      connect(heavy.emplace_back());
      heavy.back().send(request_text("GET", "/long") + request_text("GET", "/long"));
    }
  };
  const auto answered = [&] {
    return std::ranges::count_if(heavy, [](pair_client& client) { return !client.receive().empty(); });
  };
  flood(30);
  context.restart();
  for (int round = 0; round < 5; ++round) {
    while (answered() == 0) context.poll_one();  // turns have begun
    light.send(request_text("GET", "/"));
    flood(5);
    std::ptrdiff_t before = 0;
    std::string answer;
    while (answer.empty()) {
      BOOST_TEST_REQUIRE(context.poll_one() == 1U);
      before += answered();
      answer = light.receive();
    }
    BOOST_TEST(answer.starts_with("HTTP/1.1 204 "));
    BOOST_TEST(before <= 3);
  }
  settle(context);
}

BOOST_AUTO_TEST_CASE(who_has_gone_is_not_answered) {
  pair_client first;
  connect(first);
  first.send(request_text("GET", "/long") + request_text("GET", "/long"));
  {
    pair_client gone;
    connect(gone);
    gone.send(request_text("GET", "/throw-in-finish"));
    context.restart();
    while (first.receive().empty()) BOOST_CHECK_NO_THROW(context.poll_one());
  }
  BOOST_CHECK_NO_THROW(settle(context));
  BOOST_TEST(pool.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_too_late_is_told_and_may_go_on_sending) {
  constexpr std::string_view word = "PLAINTEXT-7Q2Z";
  credcache::testing::freed_memory watch(word);
  {
    pair_client client;
    connect(client);
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
    client.send(word);
    settle(context);
    BOOST_TEST(client.receive().starts_with("HTTP/1.1 408 "));
    for (int i = 0; i < 10; ++i) {
      BOOST_TEST(client.send(word));
      settle(context);
    }
    BOOST_TEST(client.receive() == "");
    BOOST_TEST(pool.size() == 1U);
  }
  settle(context);
  BOOST_TEST(pool.size() == 0U);
  BOOST_TEST(closed == 1U);
  BOOST_TEST(watch.found() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace connection_test
