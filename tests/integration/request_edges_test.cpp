// Requests at the edges of the input buffer, of the clock and of HTTP.
#include "configured_daemon.hpp"

using namespace credcached::testing;

namespace {

/// What a connection reads at once: the longest header and 8 KiB.
constexpr std::size_t buffer_size = 16 * 1'024;

/// GET /healthz in exactly `size` bytes.
std::string padded_get(std::size_t size) {
  const std::string head = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Padding: ", end = "\r\n\r\n";
  return head + std::string(size - head.size() - end.size(), 'x') + end;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(request_edges, running_daemon)

BOOST_AUTO_TEST_CASE(a_pipelined_header_may_end_anywhere_in_the_buffer) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const std::string body = R"({"csp":"aws"})";
  const std::string sized = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const std::string in_chunks = "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t room = 0; room <= 12; ++room) {
    for (const bool chunked : {false, true}) {
      const std::string post =
          "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + (chunked ? in_chunks : sized);
      const std::size_t left = buffer_size - room - post.size();
      auto client = connect();
      client.send_raw(padded_get(5'000) + padded_get(5'000) + padded_get(left - 10'000) + post);
      for (int i = 0; i < 3; ++i) BOOST_TEST(client.read_response().status == 200);
      client.send_raw(chunked ? "d\r\n" + body + "\r\n0\r\n\r\n" : body);
      const auto answer = client.read_response();
      BOOST_TEST_CONTEXT("room " << room << ", chunked " << chunked << answer) BOOST_TEST(answer.status == 200);
      BOOST_TEST(client.get("/healthz").status == 200);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_method_is_not_repeated) {
  for (const auto* path : {"/healthz", "/v1/credentials", "/nosuch"}) {
    const auto answer = connect().request("SECRETWORD", path);
    BOOST_TEST((answer.status == 405 || answer.status == 404));
    BOOST_TEST(!contains(answer.body, "SECRETWORD"));
  }
}

BOOST_AUTO_TEST_CASE(a_life_is_counted_from_when_the_body_is_there) {
  const auto body = text(with(aws(), "timeToLive", 30));
  http.send_raw("POST " + std::string(users) +
                " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n");
  BOOST_TEST(http.read_response().status == 100);
  const auto later = std::chrono::steady_clock::now() + 2s;
  BOOST_TEST(eventually([&] { return std::chrono::steady_clock::now() >= later; }));
  http.send_raw(body);
  BOOST_TEST(http.read_response().status == 204);
  BOOST_TEST(http.get("/v1/resolve?csp=aws").json().at("remaining").as_int64() >= 29);
}

BOOST_AUTO_TEST_SUITE_END()
