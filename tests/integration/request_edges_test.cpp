// Requests at the edges of the input buffer, of the clock and of HTTP.
#include "configured_daemon.hpp"

namespace request_edges_test {

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

BOOST_AUTO_TEST_CASE(a_life_is_counted_from_the_end_of_a_header_in_pieces) {
  BOOST_TEST(http.post(users, text(with(aws(), "timeToLive", 30))).status == 204);
  const std::string get = "GET /v1/resolve?csp=aws&minTtl=29 HTTP/1.1\r\nHost: a\r\n";
  auto client = connect();
  client.send_raw(get.substr(0, 30));
  const auto later = std::chrono::steady_clock::now() + 2s;
  BOOST_TEST(eventually([&] { return std::chrono::steady_clock::now() >= later; }));
  client.send_raw(get.substr(30) + "\r\n");
  BOOST_TEST(client.read_response().status == 409);
}

BOOST_AUTO_TEST_CASE(a_body_that_others_might_end_elsewhere_is_refused) {
  const std::string next = "GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string post = "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  const std::string get = "GET /healthz HTTP/1.1\r\nHost: a\r\n";
  const std::string old = "GET /healthz HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n";
  const std::string length = "Content-Length: 13\r\n";
  for (const auto& head : {
           post + "Transfer-Encoding: gzip\r\n",
           post + "Transfer-Encoding: xchunked\r\n",
           post + "Transfer-Encoding: chunked, identity\r\n",
           post + "Transfer-Encoding: gzip, chunked\r\n",
           post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           get + "Transfer-Encoding: identity\r\n",
           get + "Transfer-Encoding:\r\n",
           get + "Transfer-Encoding: gzip\r\n" + length,
           get + length + "Transfer-Encoding: gzip\r\n",
           get + length + "Transfer-Encoding: chunked\r\n",
           get + length + length,
           get + "Content-Length: 13, 13\r\n",
           old + "Transfer-Encoding: chunked\r\n",
           old + "Transfer-Encoding: identity\r\n",
       }) {
    BOOST_TEST_CONTEXT(head) {
      auto client = connect();
      client.send_raw(head + "\r\n" + next);
      const auto answer = client.read_response();
      BOOST_TEST(answer.status == 400);
      BOOST_TEST(answer.header("Connection") == "close");
      BOOST_TEST(client.closed_by_peer());
    }
  }
}

BOOST_AUTO_TEST_CASE(too_many_parameters_are_told_how_many_may_be) {
  std::string many = "csp=aws";
  for (int i = 1; i < 16; ++i) many += "&x=" + std::to_string(i);
  const auto unknown = http.get("/v1/resolve?" + many);
  BOOST_TEST(contains(unknown.details(), "Unknown query parameter"));
  const auto refused = http.get("/v1/resolve?" + many + "&x=16");
  check_problem(refused, 400, "Parameters Invalid");
  BOOST_TEST(contains(refused.details(), "The query has too many parameters; at most 16 are taken."));
  BOOST_TEST(contains(http.get("/v1/resolve?csp=%0").details(), "The request target is malformed."));
}

BOOST_AUTO_TEST_CASE(an_owner_has_no_character_that_misleads) {
  const std::pair<std::string, std::string> refused[] = {
      {"a%C2%9Bb", "has the character U+009B; expected none that controls"},
      {"a%E2%80%AEb", "has the character U+202E;"},
      {"%E2%81%A6ab", "has the character U+2066;"},
      {"a%E2%80%A8b", "has the character U+2028;"},
      {"a%0Ab", "has the character U+000A;"},
      {"a%7Fb", "has the character U+007F;"},
      {"a%FFb", "has bytes that are not UTF-8;"},
      {"%20", "is blank;"},
      {std::string(256, 'x'), "has 256 bytes; expected at most 255."},
  };
  for (const auto& [name, words] : refused) {
    for (const auto* parameter : {"user", "isv"}) {
      const auto answer = http.get("/v1/resolve?csp=aws&" + std::string(parameter) + "=" + name);
      BOOST_TEST_CONTEXT(answer) {
        check_problem(answer, 400, "Parameters Invalid");
        BOOST_TEST(contains(answer.details(), "The owner's name " + words));
      }
    }
  }
  BOOST_TEST(http.get("/v1/resolve?csp=aws", {{"X-Credential-User",
                                               "a\xe2\x80\xae"
                                               "b"}})
                 .status == 400);
  for (const auto* name : {"Z%C3%BCrich", "a%20b", "%F0%9F%98%80"})
    BOOST_TEST(http.get("/v1/resolve?csp=aws&user=" + std::string(name)).status == 404);
}

BOOST_AUTO_TEST_CASE(a_header_field_that_means_one_thing_is_given_once) {
  const std::string get = "GET /healthz HTTP/1.1\r\n";
  const std::pair<std::string, std::string> refused[] = {
      {"Host: a\r\nHost: a\r\n", "Host is given more than once"},
      {"Host: a\r\nAuthorization: Bearer x\r\nauthorization: Bearer y\r\n", "authorization is given more than once"},
      {"Host: a\r\nAccept: text/plain\r\nAccept: application/json\r\n", "Accept is given more than once"},
      {"", "needs a Host field"},
  };
  for (const auto& [fields, words] : refused) {
    auto client = connect();
    client.send_raw(get + fields + "\r\n");
    const auto answer = client.read_response();
    BOOST_TEST_CONTEXT(answer) {
      BOOST_TEST(answer.status == 400);
      BOOST_TEST(contains(answer.body, words));
    }
  }
  auto old = connect();
  old.send_raw("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
  BOOST_TEST(old.read_response().status == 400);
}

BOOST_AUTO_TEST_CASE(a_trailer_field_is_no_header_field) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto resolve = [&](const std::string& trailer) {
    http.send_raw(
        "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        "d\r\n{\"csp\":\"aws\"}\r\n0\r\n" +
        trailer + "\r\n");
    return http.read_response();
  };
  const auto plain = resolve("");
  BOOST_TEST(plain.status == 200);
  for (const auto* trailer : {"Accept: text/x-dotenv\r\n", "X-Credential-User: somebody\r\n", "Connection: close\r\n",
                              "X-Credential-Isv: a\r\nX-Credential-Isv: b\r\n"}) {
    const auto answer = resolve(trailer);
    BOOST_TEST_CONTEXT(trailer << answer) {
      BOOST_TEST(answer.status == 200);
      BOOST_TEST(answer.header("Content-Type") == plain.header("Content-Type"));
    }
  }
}

BOOST_AUTO_TEST_CASE(http_1_0_keeps_a_connection_only_when_asked) {
  auto client = connect();
  for (int i = 0; i < 2; ++i) {
    client.send_raw("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto answer = client.read_response();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.header("Connection") == "keep-alive");
  }
  client.send_raw("GET /healthz HTTP/1.0\r\n\r\n");
  BOOST_TEST(client.read_response().header("Connection") == "close");
  BOOST_TEST(client.closed_by_peer());
}

BOOST_AUTO_TEST_CASE(http_1_0_has_no_expectations) {
  const std::string body = text(aws());
  for (const auto* expectation : {"100-continue", "something-else"}) {
    auto client = connect();
    client.send_raw("POST " + std::string(users) + " HTTP/1.0\r\nContent-Type: application/json\r\nExpect: " +
                    expectation + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    BOOST_TEST(!eventually([&] { return client.readable(); }, 200ms));
    client.send_raw(body);
    BOOST_TEST(client.read_response().status == 204);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace request_edges_test
