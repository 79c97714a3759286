// HTTP/1.1 as it is on the wire: keep-alive, pipelining, partial input, chunks, Expect, HEAD, headers.
#include "scenario.hpp"

namespace http_test {

using namespace credcached::testing;

namespace {

std::string raw(std::string_view method, std::string_view target, std::string_view more = {},
                std::string_view body = {}) {
  std::string text(method);
  return text.append(" ")
      .append(target)
      .append(" HTTP/1.1\r\nHost: localhost\r\n")
      .append(more)
      .append("\r\n")
      .append(body);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_on_the_wire, running_daemon)

BOOST_AUTO_TEST_CASE(every_answer_forbids_storing_it) {
  BOOST_TEST(http.post(users, text(aws())).header("Cache-Control") == "no-store");
  for (const auto* target :
       {"/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/status", "/v1/credentials", "/v1/resolve?csp=aws",
        "/v1/resolve?csp=aws&format=shell", "/v1/explain?csp=aws", "/xpanse/user/credentials", "/xpanse/csps/active",
        "/openapi/aws_variables_credentialApi.html", "/nosuch", "/v1/resolve?csp=nosuch"})
    BOOST_TEST_CONTEXT(target) BOOST_TEST(http.get(target).header("Cache-Control") == "no-store");
}

BOOST_AUTO_TEST_CASE(json_is_declared_without_a_charset) {
  for (const auto* target : {"/v1/status", "/v1/credentials", "/openapi.json", "/xpanse/csps/active", "/nosuch"})
    BOOST_TEST_CONTEXT(target) BOOST_TEST(http.get(target).header("Content-Type") == "application/json");
}

BOOST_AUTO_TEST_CASE(a_204_has_neither_body_nor_length) {
  const auto answer = http.post(users, text(aws()));
  BOOST_TEST(answer.status == 204);
  BOOST_TEST(answer.header("Content-Length").empty());
  BOOST_TEST(http.get("/healthz").status == 200);  // nothing is left on the connection
}

BOOST_AUTO_TEST_CASE(a_connection_serves_until_the_client_says_close) {
  for (int i = 0; i < 20; ++i) BOOST_TEST(http.get("/healthz").status == 200);
  BOOST_TEST(http.get("/healthz", {{"Connection", "close"}}).header("Connection") == "close");
  BOOST_TEST(http.closed_by_peer());

  auto old = connect();
  old.send_raw("GET /healthz HTTP/1.0\r\n\r\n");
  BOOST_TEST(old.read_response().status == 200);
  BOOST_TEST(old.closed_by_peer());
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  const auto body = text(aws());
  std::string all = raw(
      "POST", users, "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", body);
  for (int i = 0; i < 50; ++i)
    all += raw("GET", "/v1/resolve?csp=aws") + raw("GET", "/xpanse/csps/aws/sites") + raw("GET", "/nosuch");
  http.send_raw(all);
  BOOST_TEST(http.read_response().status == 204);
  for (int i = 0; i < 50; ++i) {
    BOOST_TEST(text_at(http.read_response().json().at("variables"), "AWS_SECRET_ACCESS_KEY") == marker);
    BOOST_TEST(http.read_response().body == R"(["default"])");
    BOOST_TEST(http.read_response().status == 404);
  }
}

BOOST_AUTO_TEST_CASE(a_request_may_arrive_in_pieces) {
  const auto body = text(huawei());
  const auto whole = raw(
      "PUT", users, "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", body);
  for (const char byte : whole) http.send_raw({&byte, 1});
  BOOST_TEST(http.read_response().status == 204);
  BOOST_TEST(column(http.get(users).json(), "csp") == "HuaweiCloud");
}

BOOST_AUTO_TEST_CASE(expect_100_continue_is_answered_before_the_body) {
  const auto body = text(aws());
  http.send_raw(raw("POST", users,
                    "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n"));
  BOOST_TEST(http.read_response().status == 100);
  http.send_raw(body);
  BOOST_TEST(http.read_response().status == 204);
}

BOOST_AUTO_TEST_CASE(a_hopeless_request_is_refused_instead_of_continued) {
  http.send_raw(
      raw("POST", users, "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 10000000\r\n"));
  check_problem(http.read_response(), 413, "Payload Too Large");
}

BOOST_AUTO_TEST_CASE(chunked_bodies_are_read) {
  const auto body = text(aws());
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 10) {
    const auto piece = body.substr(at, 10);
    chunks += std::string(1, "0123456789a"[piece.size()]) + "\r\n" + piece + "\r\n";
  }
  http.send_raw(
      raw("POST", users, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n"));
  BOOST_TEST(http.read_response().status == 204);
  BOOST_TEST(http.get("/v1/resolve?csp=aws").status == 200);

  auto client = connect();
  std::string flood = raw("POST", users, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
  for (int i = 0; i < 70; ++i) flood += "400\r\n" + std::string(1024, 'x') + "\r\n";
  client.send_raw(flood);
  check_problem(client.read_response(), 413, "Payload Too Large");
}

BOOST_AUTO_TEST_CASE(head_is_get_without_a_body) {
  for (const auto* target : {"/healthz", "/xpanse/csps/active", "/openapi.json"}) {
    BOOST_TEST_CONTEXT(target) {
      const auto get = http.get(target);
      const auto head = http.request("HEAD", target);
      BOOST_TEST(head.status == 200);
      BOOST_TEST(head.header("Content-Length") == get.header("Content-Length"));
      BOOST_TEST(head.header("Content-Type") == get.header("Content-Type"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_folded_field_is_refused_wherever_its_text_begins) {
  for (const auto* field : {"X-Credential-User: ali\r\n ce\r\n", "X-Credential-User:\r\n alice\r\n",
                            "X-Credential-User: \r\n\talice\r\n", "X-Credential-User:\r\n \r\n alice\r\n"}) {
    auto client = connect();
    client.send_raw(raw("GET", "/v1/credentials", field));
    BOOST_TEST_CONTEXT(field) check_problem(client.read_response(), 400, "Parameters Invalid");
  }
  auto client = connect();
  client.send_raw(raw("GET", "/v1/credentials", "X-Empty:\r\nX-Credential-User:  alice\r\n"));
  BOOST_TEST(client.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(many_connections_are_served_at_once) {
  std::vector<http_client> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(connect());
  for (auto& client : clients) client.send_raw(raw("GET", "/healthz"));
  for (auto& client : clients) BOOST_TEST(client.read_response().status == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_early_disturbs_nobody) {
  for (int i = 0; i < 20; ++i) {
    auto client = connect();
    client.send_raw(raw("POST", users, "Content-Type: application/json\r\nContent-Length: 1000\r\n", "{\"csp\":"));
  }
  for (int i = 0; i < 20; ++i) connect().send_raw(raw("GET", "/openapi.json"));
  BOOST_TEST(http.get("/healthz").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace http_test
