// S13: whichever allocation of a request fails, the answer is a whole 503 or the connection ends, nothing is half done,
// no value is left in freed memory, and the next request works.
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "api_scene.hpp"
#include "freed_memory.hpp"
#include "http/connection_pool.hpp"

using namespace credcached;
using namespace credcached::testing;
using credcache::testing::failing_allocation;
using credcache::testing::freed_memory;

namespace {

constexpr std::string_view users = "/xpanse/user/credentials";
constexpr std::string_view resolve = "/v1/resolve?csp=Alpha";

std::string credential(const std::string& id, const std::string& secret) {
  return R"({"csp":"Alpha","site":"North","type":"variables","name":"PAIR","description":"of more than fifteen letters",)"
         R"("variables":[{"name":"A_ID","value":")" +
         id + R"("},{"name":"A_SECRET","value":")" + secret + R"("}]})";
}

struct memory_fixture : api_scene {
  std::unique_ptr<api::pipeline> own = make_pipeline();
  boost::asio::io_context context{1};
  http::connection_pool pool{context, *own, state->memory, [](const platform::peer&) {}};
  // Long enough to be recognised wherever a piece of it is left.
  const std::string old_secret = std::string(600, 'o'), new_secret = std::string(600, 'n');

  memory_fixture() {
    state->audit.use(audit::open_audit_file({"/dev/null", config::audit_failure::count}));
    put_back();
  }

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
  void put_back() {
    BOOST_TEST_REQUIRE(ask(request_text("PUT", users, credential("OLD", old_secret))).starts_with("HTTP/1.1 204 "));
  }
  [[nodiscard]] bool cached_is(std::string_view id, const std::string& secret) {
    const auto answer = ask(request_text("GET", resolve));
    return answer.find("\"" + std::string(id) + "\"") != std::string::npos && answer.find(secret) != std::string::npos;
  }

  /// Asks `request` with the 1st, 2nd, 3rd … allocation failing until none does. `check` is given every answer.
  template <class Check>
  std::size_t fail_each(const std::string& request, const std::string& secret, Check check) {
    for (std::size_t n = 1;; ++n) {
      BOOST_TEST_CONTEXT("allocation " << n) {
        pair_client client;
        connect(client);
        client.send(request);
        bool failed = false;
        std::size_t left_behind = 0;
        {
          freed_memory watch(std::string_view(secret).substr(0, 16));
          const failing_allocation failing(n);
          try {
            settle(context);
          } catch (const std::bad_alloc&) {  // for the loop to report
          }
          failed = failing.happened();
          watch.stop();
          left_behind = watch.found();
        }
        settle(context);
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
  // Exactly one answer, with a body as long as it says, of JSON.
  static void check_whole(std::string_view answer) {
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
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(out_of_memory, memory_fixture)

BOOST_AUTO_TEST_CASE(an_add_is_done_or_not_and_the_answer_says_which) {
  const std::string body = credential("NEW", new_secret);
  for (const auto* method : {"POST", "PUT"}) {
    const auto failures = fail_each(request_text(method, users, body), new_secret, [&](std::string_view answer) {
      if (!answer.empty()) check_whole(answer);
      if (answer.starts_with("HTTP/1.1 204 ")) {
        BOOST_TEST(cached_is("NEW", new_secret));
      } else if (answer.starts_with("HTTP/1.1 503 ")) {
        BOOST_TEST(cached_is("OLD", old_secret));
      } else {
        BOOST_TEST(answer == "");
        BOOST_TEST((cached_is("OLD", old_secret) || cached_is("NEW", new_secret)));
      }
      BOOST_TEST(state->cache->entries() == 1U);
      put_back();
    });
    BOOST_TEST(failures > 10U);
  }
  BOOST_TEST(state->audit.failures() > 0U);  // a line that was lost takes nothing back
}

BOOST_AUTO_TEST_CASE(a_resolve_answers_all_or_nothing) {
  for (const auto& request :
       {request_text("GET", resolve), request_text("POST", "/v1/resolve", R"({"csp":"Alpha","site":"North"})")}) {
    const auto failures = fail_each(request, old_secret, [&](std::string_view answer) {
      if (!answer.empty()) check_whole(answer);
      if (answer.starts_with("HTTP/1.1 200 ")) {
        BOOST_TEST(answer.find(old_secret) != std::string_view::npos);
      } else {
        BOOST_TEST((answer.empty() || answer.starts_with("HTTP/1.1 503 ")));
        BOOST_TEST(answer.find("ooo") == std::string_view::npos);
      }
      BOOST_TEST(cached_is("OLD", old_secret));
    });
    BOOST_TEST(failures > 1U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
