// Clients, connections and the pipeline behind them, in one thread: what a unit test asks is answered while the loop works.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <new>
#include <string>
#include <string_view>

#include "api_scene.hpp"
#include "freed_memory.hpp"
#include "http/connection_pool.hpp"

namespace credcached::testing {

/// A credential of the definition `alpha` as a request body.
inline std::string alpha_credential(const std::string& id, const std::string& secret) {
  return R"({"csp":"Alpha","site":"North","type":"variables","name":"PAIR","description":"of more than fifteen letters",)"
         R"("variables":[{"name":"A_ID","value":")" +
         id + R"("},{"name":"A_SECRET","value":")" + secret + R"("}]})";
}

/// Exactly one answer, with a body as long as it says, of JSON.
inline void check_whole(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  BOOST_TEST_REQUIRE(end != std::string_view::npos);
  const auto head = answer.substr(0, end);
  const auto body = answer.substr(end + 4);
  const auto field = head.find("Content-Length:");
  const std::size_t length = field == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(field + 15)));
  BOOST_TEST(body.size() == length);
  boost::json::error_code wrong;
  if (length != 0) static_cast<void>(boost::json::parse({body.data(), body.size()}, wrong));
  BOOST_TEST(!wrong);
}

struct connection_scene : api_scene {
  static constexpr std::string_view users = "/xpanse/user/credentials";

  std::unique_ptr<api::pipeline> pipeline;
  boost::asio::io_context context{1};
  http::connection_pool pool;

  explicit connection_scene(std::span<const api::route> table = api::routes())
      : pipeline(make_pipeline(table)), pool(context, *pipeline, state->memory, [](const platform::peer&) {}) {}

  void connect(const pair_client& client) {
    pool.add(http::connection::socket_type(context, boost::asio::generic::stream_protocol(AF_UNIX, 0), client.peer_end),
             local_peer());
  }
  /// What a client without any trouble is answered.
  std::string ask(std::string_view request) {
    pair_client client;
    connect(client);
    client.send(request);
    settle(context);
    return client.receive();
  }

  /// Asks `request` with the 1st, 2nd, 3rd … allocation failing until none does. `run` lets the loop do what it can;
  /// `check` is given every answer. How many allocations there were.
  template <class Run, class Check>
  std::size_t fail_each(const std::string& request, const std::string& secret, Run run, Check check) {
    for (std::size_t n = 1;; ++n) {
      BOOST_TEST_CONTEXT("allocation " << n) {
        pair_client client;
        connect(client);
        client.send(request);
        bool failed = false;
        std::size_t left_behind = 0;
        {
          credcache::testing::freed_memory watch(std::string_view(secret).substr(0, 16));
          const credcache::testing::failing_allocation failing(n);
          try {
            run();
          } catch (const std::bad_alloc&) {  // for the loop to report
          }
          failed = failing.happened();
          watch.stop();
          left_behind = watch.found();
        }
        run();
        BOOST_TEST(left_behind == 0U);
        const auto answer = client.receive();
        BOOST_TEST((!answer.empty() || client.ended()));
        if (answer.empty() || answer.starts_with("HTTP/1.1 503 ")) {
          BOOST_TEST(failed);
        }
        check(answer);
        if (!failed) return n - 1;
      }
    }
  }
};

}  // namespace credcached::testing
