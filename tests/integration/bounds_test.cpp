// S10 and S11: every bound is driven over its limit, and each refusal can be told from the others.
#include "configured_daemon.hpp"

namespace bounds_test {

using namespace credcached::testing;

namespace {

void check_capacity(const http_response& answer) {
  check_problem(answer, 503, "Capacity Exceeded");
  BOOST_TEST(!answer.header("Retry-After").empty());
}

/// An add for somebody, as text; the marker is in it.
std::string aws_with(std::size_t size) {
  return text(aws("AKIA0123456789ABCDEF", std::string(size, 'x') + std::string(marker)));
}

json::object with_variables(std::size_t count) {
  auto body = aws();
  auto& list = body["variables"].as_array();
  for (std::size_t i = list.size(); i < count; ++i) list.push_back({{"name", "N" + std::to_string(i)}, {"value", "v"}});
  return body;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

int resolve(http_client& http, std::string_view owner) {
  return http.get("/v1/resolve?csp=aws", as_user(owner)).status;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bounds)

BOOST_FIXTURE_TEST_CASE(a_header_has_at_most_8_kib_and_48_fields, running_daemon) {
  const auto with_header = [&](std::size_t size) {
    auto client = connect();
    return client.get("/healthz", {{"X-Padding", std::string(size, 'x')}});
  };
  BOOST_TEST(with_header(8'000).status == 200);
  check_problem(with_header(8'192), 431, "Header Too Large");
  check_problem(with_header(200'000), 431, "Header Too Large");
  auto client = connect();
  check_problem(client.get("/" + std::string(9'000, 'x')), 431, "Header Too Large");
  BOOST_TEST(client.closed_by_peer());
  header_list many;
  for (int i = 0; i < 50; ++i) many.emplace_back("X-" + std::to_string(i), "v");
  check_problem(connect().get("/healthz", many), 431, "Header Too Large");
}

BOOST_FIXTURE_TEST_CASE(a_body_has_at_most_64_kib, running_daemon) {
  const auto padded = [](std::size_t size) {
    const auto body = text(aws());
    return body + std::string(size - body.size(), ' ');
  };
  BOOST_TEST(connect().post(users, padded(65'536)).status == 204);
  check_problem(connect().post(users, padded(65'537)), 413, "Payload Too Large");
  auto announced = connect();  // refused by what it says, before it comes
  announced.send_raw(
      "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n");
  check_problem(announced.read_response(), 413, "Payload Too Large");
  BOOST_TEST(announced.closed_by_peer());
  auto chunks = connect();
  chunks.send_raw(
      "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 65; ++i) chunks.send_raw("400\r\n" + std::string(1'024, ' ') + "\r\n");
  check_problem(chunks.read_response(), 413, "Payload Too Large");
  auto one_chunk = connect();
  one_chunk.send_raw(
      "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\nfffffff\r\n");
  BOOST_TEST(one_chunk.read_response().status / 100 == 4);
}

BOOST_FIXTURE_TEST_CASE(variables_values_and_nesting_are_bounded, running_daemon) {
  check_problem(http.post(users, text(with_variables(64))), 400, "Parameters Invalid");  // few enough, but unknown
  check_problem(connect().post(users, text(with_variables(65))), 413, "Payload Too Large");
  BOOST_TEST(http.post(users, aws_with(16'384 - marker.size())).status == 204);
  check_problem(connect().post(users, aws_with(16'385 - marker.size())), 413, "Payload Too Large");
  const auto at_limit = http.post(users, nested(8));
  BOOST_TEST_CONTEXT(at_limit) BOOST_TEST(contains(at_limit.details(), "expected a JSON object"));
  for (const std::size_t depth : {9U, 100U, 30'000U})
    check_problem(connect().post(users, nested(depth)), 400, "Parameters Invalid");
}

BOOST_AUTO_TEST_CASE(the_bounds_are_settings) {
  configured_daemon own("limits: {headerBytes: 2048, bodyBytes: 4096, variables: 2, valueBytes: 100, jsonDepth: 4}\n");
  check_problem(own.connect().get("/healthz", {{"X", std::string(2'048, 'x')}}), 431, "Header Too Large");
  check_problem(own.connect().post(users, aws_with(4'096)), 413, "Payload Too Large");
  check_problem(own.connect().post(users, aws_with(100)), 413, "Payload Too Large");
  check_problem(own.connect().post(users, text(with_variables(3))), 413, "Payload Too Large");
  const std::string wrapped = R"({"csp":"aws","credentials":{"Credentials":{"AccessKeyId":"a","SecretAccessKey":"b")";
  check_problem(own.connect().post(users, wrapped + R"(,"SessionToken":"c"}}})"), 413, "Payload Too Large");
  BOOST_TEST(own.connect().post(users, wrapped + R"(,"Expiration":"2999-01-01T00:00:00Z"}}})").status == 204);
  check_problem(own.connect().post(users, nested(5)), 400, "Parameters Invalid");
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
}

BOOST_AUTO_TEST_CASE(a_full_cache_refuses_and_keeps_what_it_has) {
  configured_daemon own("cache: {entries: 3}\n");
  for (const auto* owner : {"a", "b", "c"}) BOOST_TEST(own.http.post(users, text(aws()), as_user(owner)).status == 204);
  check_capacity(own.http.post(users, text(aws()), as_user("d")));
  BOOST_TEST(own.http.put(users, text(aws()), as_user("b")).status == 204);  // a replacement needs no room
  for (const auto* owner : {"a", "b", "c"}) BOOST_TEST(resolve(own.http, owner) == 200);
  BOOST_TEST(resolve(own.http, "d") == 404);
  BOOST_TEST(metric(own.http, "credcached_credentials_evicted_total") == 0U);
  BOOST_TEST(metric(own.http, "credcached_problems_total{error_type=\"Capacity Exceeded\"}") == 1U);
  BOOST_TEST(own.http.remove("/v1/credentials?all=true", as_user("a")).status == 200);
  BOOST_TEST(own.http.post(users, text(aws()), as_user("d")).status == 204);
}

BOOST_AUTO_TEST_CASE(bytes_are_bounded_as_well_as_entries) {
  configured_daemon own("cache: {bytes: 65536}\n");
  int stored = 0;
  http_response last;
  for (; stored < 10; ++stored) {
    last = own.http.post(users, aws_with(15'000), as_user("owner-" + std::to_string(stored)));
    if (last.status != 204) break;
  }
  BOOST_TEST(stored == 4);
  check_capacity(last);
  BOOST_TEST(own.http.get("/v1/status").json().at("bytes").as_int64() <= 65'536);
  for (int i = 0; i < stored; ++i) BOOST_TEST(resolve(own.http, "owner-" + std::to_string(i)) == 200);
  BOOST_TEST(own.http.post(users, text(aws()), as_user("small")).status == 204);  // there is room for a small one
}

BOOST_AUTO_TEST_CASE(one_owner_cannot_fill_the_cache) {
  configured_daemon own("cache: {credentialsPerOwner: 2}\n");
  BOOST_TEST(own.http.post(users, text(huawei("a", "s", "Europe")), as_user("a")).status == 204);
  BOOST_TEST(own.http.post(users, text(huawei("a", "s", "International")), as_user("a")).status == 204);
  const auto refused = own.http.post(users, text(aws()), as_user("a"));
  check_capacity(refused);
  BOOST_TEST(contains(refused.details(), "as many as one owner may have"));
  BOOST_TEST(own.http.post(isvs, text(aws()), as_isv("a")).status == 204);  // another owner
  BOOST_TEST(own.http.post(users, text(aws()), as_user("b")).status == 204);
  BOOST_TEST(own.http.post(users, text(huawei("b", "t", "Europe")), as_user("a")).status == 204);
}

BOOST_AUTO_TEST_CASE(eviction_drops_what_would_expire_first_and_only_if_configured) {
  configured_daemon own("cache: {entries: 3, eviction: soonest-expiry}\n");
  const auto add = [&](std::string_view owner, int life) {
    BOOST_TEST(own.http.post(users, text(with(aws(), "timeToLive", life)), as_user(owner)).status == 204);
  };
  add("long", 3'000);
  add("short", 100);
  add("middle", 1'000);
  BOOST_TEST(resolve(own.http, "short") == 200);  // being read does not save it
  add("new", 2'000);
  BOOST_TEST(resolve(own.http, "short") == 404);
  for (const auto* owner : {"long", "middle", "new"}) BOOST_TEST(resolve(own.http, owner) == 200);
  BOOST_TEST(metric(own.http, "credcached_credentials_evicted_total") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace bounds_test
