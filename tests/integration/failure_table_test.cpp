// Every row of the failure table, through the socket. A failure names what is wrong and changes nothing.
#include "scenario.hpp"

namespace failure_table_test {

using namespace credcached::testing;

namespace {

constexpr std::string_view parameters_invalid = "Parameters Invalid";
constexpr std::string_view unprocessable = "Unprocessable Entity";
constexpr std::string_view capability_not_found = "Credential Capability Not Found";

/// A daemon that caches one credential and checks at the end that nothing touched it.
struct caching_daemon : running_daemon {
  std::string before;
  caching_daemon() {
    BOOST_TEST_REQUIRE(http.post(users, text(huawei("kept", "kept-secret"))).status == 204);
    before = http.get(users).body;
  }
  ~caching_daemon() {
    BOOST_TEST(http.get(users).body == before);
    const auto kept = http.get("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland").json();
    BOOST_TEST(text_at(kept.at("variables"), "HW_SECRET_KEY") == "kept-secret");
    BOOST_TEST(!contains(daemon.log(), marker));
  }
};

json::object set_variable(json::object body, std::size_t index, std::string_view member, json::value value) {
  body["variables"].as_array()[index].as_object()[member] = std::move(value);
  return body;
}
json::object twice(json::object body) {
  auto& list = body["variables"].as_array();
  const auto first = list[0];
  list.push_back(first);
  return body;
}
json::object alias_twice() {
  auto body = aws();
  for (auto& variable : body["variables"].as_array()) variable.as_object()["name"] = "access_key";
  return body;
}

/// One request body, what refuses it, and words the details must have.
struct body_row {
  const char* what;
  std::string body;
  int status;
  std::string_view error_type;
  arguments named{};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(failure_table, caching_daemon)

BOOST_AUTO_TEST_CASE(unknown_csp_or_type_in_query_or_path) {
  for (const auto* target :
       {"/xpanse/credential_types?cspName=nosuch", "/xpanse/credentials/capabilities?cspName=nosuch",
        "/xpanse/credentials/capabilities?cspName=aws&type=nosuch", "/xpanse/credentials/openapi/nosuch/variables",
        "/xpanse/credentials/openapi/aws/nosuch", "/xpanse/csps/nosuch/sites",
        "/xpanse/user/credentials?cspName=nosuch", "/xpanse/user/credentials?type=nosuch",
        "/xpanse/isv/credentials?cspName=nosuch", "/v1/resolve?csp=nosuch", "/v1/resolve?csp=aws&type=nosuch",
        "/v1/explain?csp=nosuch", "/v1/explain?csp=aws&type=nosuch"}) {
    BOOST_TEST_CONTEXT(target) check_problem(http.get(target), 422, unprocessable);
  }
  for (const auto* target : {"/xpanse/user/credentials?cspName=nosuch&siteName=s&type=variables&name=n",
                             "/xpanse/isv/credentials?cspName=aws&siteName=s&type=nosuch&name=n",
                             "/v1/credentials?csp=nosuch", "/v1/credentials?type=nosuch"}) {
    BOOST_TEST_CONTEXT(target) check_problem(http.remove(target), 422, unprocessable);
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_what_json_should_be) {
  const std::string secret(marker);
  const body_row table[] = {
      {"empty", "", 400, parameters_invalid},
      {"malformed", R"({"csp":"aws","variables":[{"value":")" + secret + R"("}],)", 400, parameters_invalid},
      {"cut off", R"({"csp":"aws","name":")" + secret, 400, parameters_invalid},
      {"more than one value", text(huawei()) + text(huawei()), 400, parameters_invalid},
      {"a list", text(json::array{huawei()}), 400, parameters_invalid},
      {"a word", "\"" + secret + "\"", 400, parameters_invalid},
      {"not UTF-8", R"({"csp":"aws","name":")" + secret + "\xff\xfe\"}", 400, parameters_invalid},
      {"too deep", std::string(200, '[') + std::string(200, ']'), 400, parameters_invalid},
      {"a number as name", text(with(huawei(), "name", 5)), 400, parameters_invalid, {"name"}},
      {"an object as variables",
       text(with(huawei(), "variables", json::object())),
       400,
       parameters_invalid,
       {"variables"}},
      {"a text in variables", text(with(huawei(), "variables", {marker})), 400, parameters_invalid, {"variables"}},
      {"a number as value", text(set_variable(huawei(), 0, "value", 5)), 400, parameters_invalid, {"value"}},
      {"a text as timeToLive", text(with(huawei(), "timeToLive", "60")), 400, parameters_invalid, {"timeToLive"}},
      {"a fraction as timeToLive", text(with(huawei(), "timeToLive", 60.5)), 400, parameters_invalid, {"timeToLive"}},
      {"integer overflow",
       R"({"timeToLive":99999999999999999999,)" + text(huawei()).substr(1),
       400,
       parameters_invalid,
       {"timeToLive"}},
      {"unknown member", text(with(huawei(), "colour", json::string(marker))), 400, parameters_invalid, {"colour"}},
      {"unknown csp", text(with(huawei(), "csp", "nosuch")), 400, parameters_invalid, {"csp"}},
      {"unknown type", text(with(huawei(), "type", "nosuch")), 400, parameters_invalid, {"type"}},
  };
  for (const auto& row : table) {
    for (const auto method : {"POST", "PUT"}) {
      BOOST_TEST_CONTEXT(method << " " << row.what) {
        const auto refused = http.request(method, users, row.body, {{"Content-Type", "application/json"}});
        check_problem(refused, row.status, row.error_type);
        for (const auto& word : row.named) BOOST_TEST(contains(refused.details(), word));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(fields_that_are_missing_null_or_blank) {
  const body_row table[] = {
      {"no csp", text(without(huawei(), "csp")), 422, unprocessable, {"csp"}},
      {"no site", text(without(huawei(), "site")), 422, unprocessable, {"site"}},
      {"no type", text(without(huawei(), "type")), 422, unprocessable, {"type"}},
      {"no name", text(without(huawei(), "name")), 422, unprocessable, {"name"}},
      {"no variables", text(without(huawei(), "variables")), 422, unprocessable, {"variables"}},
      {"null csp", text(with(huawei(), "csp", nullptr)), 422, unprocessable, {"csp"}},
      {"null name", text(with(huawei(), "name", nullptr)), 422, unprocessable, {"name"}},
      {"null variables", text(with(huawei(), "variables", nullptr)), 422, unprocessable, {"variables"}},
      {"null timeToLive", text(with(huawei(), "timeToLive", nullptr)), 422, unprocessable, {"timeToLive"}},
      {"blank name", text(with(huawei(), "name", "  ")), 422, unprocessable, {"name"}},
      {"empty site", text(with(huawei(), "site", "")), 422, unprocessable, {"site"}},
      {"no variable at all", text(with(huawei(), "variables", json::array())), 422, unprocessable, {"variables"}},
      {"a variable without name", text(set_variable(huawei(), 0, "name", nullptr)), 422, unprocessable, {"name"}},
      {"one variable twice", text(twice(huawei())), 422, unprocessable, {"HW_ACCESS_KEY"}},
      {"one alias twice", text(alias_twice()), 422, unprocessable, {"access_key"}},
      {"no life", text(with(huawei(), "timeToLive", 0)), 422, unprocessable, {"timeToLive"}},
      {"negative life", text(with(huawei(), "timeToLive", -1)), 422, unprocessable, {"timeToLive"}},
      {"too long a life", text(with(huawei(), "timeToLive", 2592001)), 422, unprocessable, {"timeToLive"}},
      {"already over", text(with(huawei(), "expiresAt", "2001-01-01T00:00:00Z")), 422, unprocessable, {"expiresAt"}},
      {"all at once",
       R"({"site":"","name":" ","variables":[]})",
       422,
       unprocessable,
       {"csp", "site", "type", "name", "variables"}},
  };
  for (const auto& row : table) {
    BOOST_TEST_CONTEXT(row.what) {
      const auto refused = http.post(users, row.body);
      check_problem(refused, row.status, row.error_type);
      for (const auto& word : row.named) BOOST_TEST(contains(refused.details(), word));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_definitions_do_not_know) {
  const auto inactive = with(with(huawei(), "csp", "PlusServer"), "site", "default");
  auto typo = huawei();
  typo["variables"].as_array().push_back({{"name", "HW_SECRET"}, {"value", marker}});
  const body_row table[] = {
      {"inactive csp", text(inactive), 400, "Plugin Not Found", {"PLUS_SERVER_AUTH_URL"}},
      {"type without definition", text(with(huawei(), "type", "api_key")), 400, capability_not_found},
      {"name without definition", text(with(huawei(), "name", "SK_AK")), 400, capability_not_found, {"AK_SK"}},
      {"name in another case", text(with(huawei(), "name", "ak_sk")), 400, capability_not_found, {"AK_SK"}},
      {"unknown site", text(with(huawei(), "site", "Mars")), 400, capability_not_found, {"International"}},
      {"site in another case", text(with(huawei(), "site", "EUROPE")), 400, capability_not_found, {"Europe"}},
      {"unknown variable", text(typo), 400, parameters_invalid, {"HW_ACCESS_KEY", "HW_SECRET_KEY"}},
      {"incomplete",
       text(credential("HuaweiCloud", "Europe", "AK_SK", {{"HW_ACCESS_KEY", marker}})),
       400,
       "Credential Variables Not Complete",
       {"HW_SECRET_KEY"}},
  };
  for (const auto& row : table) {
    for (const auto target : {users, isvs}) {
      BOOST_TEST_CONTEXT(target << " " << row.what) {
        const auto refused = http.post(target, row.body, target == isvs ? as_isv("acme") : header_list{});
        check_problem(refused, row.status, row.error_type);
        for (const auto& word : row.named) BOOST_TEST(contains(refused.details(), word));
      }
    }
  }
  check_problem(http.get("/v1/resolve?csp=PlusServer"), 400, "Plugin Not Found");
  check_problem(http.get("/v1/resolve?csp=aws&type=api_key"), 400, capability_not_found);
  check_problem(http.get("/v1/resolve?csp=aws&name=nosuch"), 400, capability_not_found);
  check_problem(http.get("/v1/resolve?csp=aws&site=Mars"), 400, capability_not_found);
  check_problem(http.get("/xpanse/credentials/openapi/aws/api_key"), 400, "No Credential Definition Available");
}

BOOST_AUTO_TEST_CASE(checks_come_in_their_order) {
  const auto inactive = with(with(huawei(), "csp", "PlusServer"), "site", "Mars");
  check_problem(http.post(users, text(with(with(inactive, "name", " "), "colour", "red"))), 400, parameters_invalid);
  check_problem(http.post(users, text(with(inactive, "name", " "))), 422, unprocessable);
  check_problem(http.post(users, text(inactive)), 400, "Plugin Not Found");
  check_problem(http.post(users, text(with(set_variable(huawei(), 0, "value", ""), "site", "Mars"))), 400,
                capability_not_found);
}

BOOST_AUTO_TEST_CASE(nothing_cached_and_nothing_elsewhere) {
  const auto nothing = http.get("/v1/resolve?csp=Vultr");
  check_problem(nothing, 404, "Credentials Not Found");
  check_problem(http.post("/v1/resolve", R"({"csp":"Vultr"})"), 404, "Credentials Not Found");
}

BOOST_AUTO_TEST_CASE(required_query_parameters) {
  const auto all = http.remove(users);
  check_problem(all, 400, parameters_invalid);
  for (const auto* name : {"cspName", "siteName", "type", "name"}) BOOST_TEST(contains(all.details(), name));
  check_problem(http.remove("/xpanse/user/credentials?cspName=HuaweiCloud&siteName=Chinese%20Mainland&type=variables"),
                400, parameters_invalid);
  for (const auto* target : {"/xpanse/credentials/capabilities", "/v1/resolve", "/v1/explain"})
    BOOST_TEST_CONTEXT(target) check_problem(http.get(target), 400, parameters_invalid);
  check_problem(http.remove("/v1/credentials"), 400, parameters_invalid);
  check_problem(http.get("/v1/resolve?csp=HuaweiCloud&minTtl=soon"), 400, parameters_invalid);
  check_problem(http.get("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland&format=xml"), 400, parameters_invalid);
}

BOOST_AUTO_TEST_CASE(unknown_paths_wrong_methods_media_types_and_sizes) {
  for (const auto* target :
       {"/", "/nosuch", "/v1", "/v1/resolve/", "/xpanse/user", "/xpanse/csps/aws", "/openapi/aws.json"})
    BOOST_TEST_CONTEXT(target) check_problem(http.get(target), 404, "Resource Not Found");

  const auto method = http.request("PATCH", users, text(huawei()));
  check_problem(method, 405, "Method Not Allowed");
  for (const auto* name : {"GET", "POST", "PUT", "DELETE"}) BOOST_TEST(contains(method.header("Allow"), name));
  check_problem(http.remove("/v1/resolve"), 405, "Method Not Allowed");

  for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx"})
    BOOST_TEST_CONTEXT(type) {
      check_problem(http.post(users, text(huawei()), {{"Content-Type", type}}), 415, "Unsupported Media Type");
    }
  BOOST_TEST(http.post("/v1/resolve", R"({"csp":"HuaweiCloud","site":"Chinese Mainland"})",
                       {{"Content-Type", "Application/JSON; charset=utf-8"}})
                 .status == 200);

  auto client = connect();  // the daemon may close a connection whose body it did not read
  check_problem(client.post(users, text(huawei(std::string(64 * 1024, 'x')))), 413, "Payload Too Large");
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_refused_and_the_connection_closed) {
  for (const auto* bytes :
       {"nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost localhost\r\n\r\n",
        "POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n"}) {
    BOOST_TEST_CONTEXT(bytes) {
      auto client = connect();
      client.send_raw(bytes);
      check_problem(client.read_response(), 400, parameters_invalid);
      BOOST_TEST(client.closed_by_peer());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace failure_table_test
