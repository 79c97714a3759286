// Section B of the HTTP contract: resolve, explain, inventory, bulk removal, status, health, metrics. What the formats of
// resolve are to their readers is tested in tests/clients.
#include <atomic>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <ctime>
#include <regex>
#include <set>
#include <thread>

#include "configured_daemon.hpp"

namespace native_api_test {

using namespace credcached::testing;

namespace {

const std::string huawei_query = "csp=HuaweiCloud&site=Chinese%20Mainland";

/// Everything that a shell, a dotenv reader or OpenTofu could take for its own.
const std::string hostile_values[] = {
    "it's a \"quote\"", "$HOME ${HOME} $(id) `id`", "back\\slash \\n \\\\ end\\",
    "two\nlines\n",     "; rm -rf /nonexistent #",  "${var.x} %{if true} $${y} %%{z}",
    "'\"'\"'",          "tab\tand\rreturn",         "!history & | < > * ? [a] ~ (x) {y}",
    "Zürich €",         "=equals = # comment",      "-n",
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(native_api, running_daemon)

BOOST_AUTO_TEST_CASE(resolve_answers_in_the_form_of_the_contract) {
  BOOST_TEST(http.post(users, text(aws()), as_user("alice")).status == 204);
  const auto response = http.get("/v1/resolve?csp=aws", as_user("alice"));
  BOOST_TEST(response.header("Content-Type") == "application/json");
  const auto answer = response.json();
  std::string names;
  for (const auto& [name, value] : answer.as_object()) names += std::string(name) + " ";
  BOOST_TEST(names == "csp site type name profile others user expiresAt remaining variables sources expiresAs unset ");
  BOOST_TEST(text_at(answer, "csp") == "aws");
  BOOST_TEST(text_at(answer, "site") == "default");
  BOOST_TEST(text_at(answer, "user") == "alice");
  BOOST_TEST(std::regex_match(text_at(answer, "expiresAt"), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
  BOOST_TEST(answer.at("remaining").as_int64() > standard_life - 10);
  BOOST_TEST(text(answer.at("variables")) ==
             R"({"AWS_ACCESS_KEY_ID":"AKIA0123456789ABCDEF","AWS_SECRET_ACCESS_KEY":")" + std::string(marker) + "\"}");
  BOOST_TEST(text(answer.at("sources")) == R"({"AWS_ACCESS_KEY_ID":"cache","AWS_SECRET_ACCESS_KEY":"cache"})");
  BOOST_TEST(text(answer.at("expiresAs")) == R"(["CREDCACHED_EXPIRES_AT","AWS_CREDENTIAL_EXPIRATION"])");
}

BOOST_AUTO_TEST_CASE(an_answer_names_what_an_environment_must_not_keep_beside_it) {
  const auto names_of = [](const json::value& answer) {
    std::set<std::string> names;
    for (const auto& name : answer.at("unset").as_array()) names.emplace(name.as_string());
    BOOST_TEST(names.size() == answer.at("unset").as_array().size());
    for (const auto& [name, value] : answer.at("variables").as_object()) BOOST_TEST(!names.contains(name));
    return names;
  };
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto pair = names_of(http.get("/v1/resolve?csp=aws").json());
  for (const auto* name : {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
                           "AWS_ENDPOINT_URL_*"})
    BOOST_TEST_CONTEXT(name) BOOST_TEST(pair.contains(name));
  for (const auto* script : {"shell", "powershell"})
    BOOST_TEST(!contains(http.get("/v1/resolve?csp=aws&format=" + std::string(script)).body, "*"));
  BOOST_TEST(!pair.contains("AWS_CREDENTIAL_EXPIRATION"));

  const auto shell = http.get("/v1/resolve?csp=aws&format=shell").body;
  BOOST_TEST(contains(shell.substr(0, shell.find('\n')), " AWS_SESSION_TOKEN"));
  BOOST_TEST(contains(shell, "\nexport AWS_CREDENTIAL_EXPIRATION='"));
  const auto lines = http.get("/v1/resolve?csp=aws&format=dotenv").body;  // a file removes nothing
  BOOST_TEST(!contains(lines, "AWS_PROFILE"));

  // Another definition of the same cloud: what the first one has and this one does not.
  const auto body =
      json::parse(R"({"csp":"OpenStack","site":"default","type":"variables","name":"APPLICATION_CREDENTIAL",
    "variables":[{"name":"OS_AUTH_URL","value":"u"},{"name":"OS_APPLICATION_CREDENTIAL_ID","value":"i"},
    {"name":"OS_APPLICATION_CREDENTIAL_SECRET","value":"s"}]})");
  BOOST_TEST(http.post(users, text(body)).status == 204);
  const auto other = names_of(http.get("/v1/resolve?csp=OpenStack").json());
  for (const auto* name : {"OS_USERNAME", "OS_PASSWORD", "OS_CLOUD", "OS_REGION_NAME"})
    BOOST_TEST_CONTEXT(name) BOOST_TEST(other.contains(name));
  BOOST_TEST(!other.contains("OS_AUTH_TYPE"));
}

BOOST_AUTO_TEST_CASE(resolve_by_post_takes_the_same_parameters) {
  BOOST_TEST(http.post(users, text(huawei())).status == 204);
  const auto answer =
      http.post("/v1/resolve",
                R"({"csp":"HuaweiCloud","site":"Chinese Mainland","type":"variables","name":"AK_SK","minTtl":"30m"})");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(text_at(answer.json(), "site") == "Chinese Mainland");
  check_problem(http.post("/v1/resolve", R"({"csp":"HuaweiCloud","colour":"red"})"), 400, "Parameters Invalid");
}

BOOST_AUTO_TEST_CASE(json_carries_hostile_values_unchanged) {
  for (const auto& value : hostile_values) {
    BOOST_TEST(http.post(users, text(huawei("a", value))).status == 204);
    BOOST_TEST(text_at(http.get("/v1/resolve?" + huawei_query).json().at("variables"), "HW_SECRET_KEY") == value);
  }
}

BOOST_AUTO_TEST_CASE(shell_output_is_safe_to_eval) {
  for (const auto& value : hostile_values) {
    BOOST_TEST(http.post(users, text(huawei("a", value))).status == 204);
    const auto answer = http.get("/v1/resolve?format=shell&" + huawei_query);
    BOOST_TEST(answer.status == 200);
    const auto seen = run({"/bin/sh", "-c", "eval \"$(cat)\"; exec sh -c 'printf %s \"$HW_SECRET_KEY\"'"}, answer.body);
    BOOST_TEST_CONTEXT(answer.body) {
      BOOST_TEST(seen.out == value);  // and exported
      BOOST_TEST(seen.err.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(formats_of_text_name_their_charset) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  for (const auto* format : {"dotenv", "env", "powershell", "tfvars"}) {
    const std::string type = std::string("text/x-") + format;
    const auto by_name = http.get(std::string("/v1/resolve?csp=aws&format=") + format);
    BOOST_TEST(by_name.header("Content-Type") == type + "; charset=utf-8");
    BOOST_TEST(contains(by_name.body, marker));
    for (const auto& accept : {type, type + "; charset=utf-8"})
      BOOST_TEST(http.get("/v1/resolve?csp=aws", {{"Accept", accept}}).body == by_name.body);
  }
  BOOST_TEST(http.get("/v1/resolve?csp=aws&format=shell").header("Content-Type") ==
             "text/x-shellscript; charset=utf-8");
  BOOST_TEST(http.get("/metrics").header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
}

BOOST_AUTO_TEST_CASE(a_format_refuses_what_it_has_no_form_for_and_names_every_variable) {
  BOOST_TEST(http.post(users, text(huawei("two\nlines", std::string(marker) + "'\n\""))).status == 204);
  for (const auto& [format, names] :
       {std::pair<std::string, arguments>{"env", {"HW_ACCESS_KEY", "HW_SECRET_KEY"}}, {"dotenv", {"HW_SECRET_KEY"}}}) {
    const auto refused = http.get("/v1/resolve?" + huawei_query + "&format=" + format);
    check_problem(refused, 400, "Parameters Invalid");
    BOOST_TEST(refused.json().at("details").as_array().size() >= names.size());
    for (const auto& name : names) BOOST_TEST(contains(refused.details(), name));
    BOOST_TEST(contains(refused.details(), "credcached exec"));
    BOOST_TEST(!contains(refused.body, "two"));
  }
  for (const auto* format : {"json", "shell", "powershell", "tfvars"})
    BOOST_TEST(http.get("/v1/resolve?" + huawei_query + "&format=" + format).status == 200);
}

BOOST_AUTO_TEST_CASE(explain_shows_sources_and_no_values) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto response = http.get("/v1/explain?csp=aws");
  BOOST_TEST(!contains(response.body, marker));
  const auto answer = response.json();
  BOOST_TEST(answer.at("active").as_bool());
  BOOST_TEST(answer.at("resolves").as_bool());
  BOOST_TEST(answer.at("status").as_int64() == 200);
  BOOST_TEST(answer.at("errorType").is_null());
  const auto& candidate = answer.at("candidates").at(0);
  BOOST_TEST(candidate.at("cached").as_bool());
  BOOST_TEST(candidate.at("complete").as_bool());
  BOOST_TEST(candidate.at("wins").as_bool());
  BOOST_TEST(!text_at(candidate, "reason").empty());
  BOOST_TEST(candidate.at("remaining").as_int64() > standard_life - 100);
  BOOST_TEST(column(candidate.at("variables"), "source") == "cache cache missing missing missing");
  BOOST_TEST(text(candidate.at("variables").at(3).at("handedOutAs")) == R"(["AWS_REGION","AWS_DEFAULT_REGION"])");
  BOOST_TEST(text(candidate.at("together")) ==
             R"([["AWS_ACCESS_KEY_ID","AWS_SECRET_ACCESS_KEY","AWS_SESSION_TOKEN"]])");
}

BOOST_AUTO_TEST_CASE(explain_answers_for_every_known_csp) {
  const auto status = http.get("/v1/status").json();
  const auto& definitions = status.at("definitions").as_array();
  BOOST_TEST(!definitions.empty());
  for (const auto& definition : definitions) {
    const auto csp = text_at(definition, "csp");
    BOOST_TEST_CONTEXT(csp) {
      const auto response = http.get("/v1/explain?csp=" + csp);
      BOOST_TEST_REQUIRE(response.status == 200);
      const auto answer = response.json();
      BOOST_TEST(!answer.at("resolves").as_bool());
      BOOST_TEST(!answer.at("details").as_array().empty());
      const bool active = answer.at("active").as_bool();
      BOOST_TEST(answer.at("status").as_int64() == (active ? 404 : 400));
      BOOST_TEST(answer.at("missingRequirements").as_array().empty() == active);
      BOOST_TEST(http.get("/v1/resolve?csp=" + csp).status == answer.at("status").as_int64());
    }
  }
}

BOOST_AUTO_TEST_CASE(inventory_counts_reads_and_fingerprints_values) {
  BOOST_TEST(http.post(users, text(huawei("same", "same"))).status == 204);
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  auto list = http.get("/v1/credentials").json();
  BOOST_TEST(column(list, "csp") == "HuaweiCloud aws");
  auto item = list.at(0);
  BOOST_TEST(item.at("lastReadAt").is_null());
  BOOST_TEST(item.at("reads").as_int64() == 0);
  BOOST_TEST(item.at("timeToLive").as_int64() == standard_life);
  const auto& variables = item.at("variables");
  BOOST_TEST(column(variables, "value") == std::string(nine_asterisks) + " " + std::string(nine_asterisks));
  BOOST_TEST(text_at(variables.at(0), "fingerprint") == text_at(variables.at(1), "fingerprint"));
  BOOST_TEST(text_at(item, "fingerprint") != text_at(list.at(1), "fingerprint"));
  BOOST_TEST(text_at(list.at(1).at("variables").at(0), "value") == "AKIA0123456789ABCDEF");
  BOOST_TEST(!contains(text(list), marker));

  for (int i = 0; i < 3; ++i) BOOST_TEST(http.get("/v1/resolve?" + huawei_query).status == 200);
  http.get("/v1/explain?" + huawei_query);  // explaining is not reading
  item = http.get("/v1/credentials").json().at(0);
  BOOST_TEST(item.at("reads").as_int64() == 3);
  BOOST_TEST(text_at(item, "lastReadAt").ends_with("Z"));
}

BOOST_AUTO_TEST_CASE(a_fingerprint_tells_nothing_of_another_owners_values) {
  for (const auto* owner : {"alice", "bob"}) BOOST_TEST(http.post(users, text(aws()), as_user(owner)).status == 204);
  const auto of = [this](const char* owner) {
    const auto item = http.get("/v1/credentials", as_user(owner)).json().at(0);
    return text_at(item, "fingerprint") + " " + column(item.at("variables"), "fingerprint");
  };
  BOOST_TEST(of("alice") == of("alice"));
  BOOST_TEST(of("alice") != of("bob"));
}

BOOST_AUTO_TEST_CASE(bulk_removal_removes_what_matches_all_the_given_parts) {
  const auto fill = [this] {
    for (const auto* site : {"International", "Europe"})
      BOOST_TEST(http.post(users, text(huawei("a", "s", site))).status == 204);
    BOOST_TEST(http.post(users, text(aws())).status == 204);
    BOOST_TEST(http.post(users, text(aws()), as_user("alice")).status == 204);
  };
  const struct {
    const char *query, *answer, *left;
  } table[] = {{"?csp=huaweicloud", R"({"removed":2})", "aws"},
               {"?csp=HuaweiCloud&site=Europe", R"({"removed":1})", "HuaweiCloud aws"},
               {"?site=default", R"({"removed":1})", "HuaweiCloud HuaweiCloud"},
               {"?type=variables", R"({"removed":3})", ""},
               {"?name=AK_SK&csp=aws", R"({"removed":0})", "HuaweiCloud HuaweiCloud aws"},
               {"?all=true", R"({"removed":3})", ""}};
  for (const auto& row : table) {
    BOOST_TEST_CONTEXT(row.query) {
      fill();
      BOOST_TEST(text(http.remove(std::string("/v1/credentials") + row.query).json()) == row.answer);
      BOOST_TEST(column(http.get("/v1/credentials").json(), "csp") == row.left);
      BOOST_TEST(column(http.get("/v1/credentials?user=alice").json(), "csp") == "aws");
    }
  }
  fill();
  for (const auto* query : {"", "?all=false"})
    check_problem(http.remove(std::string("/v1/credentials") + query), 400, "Parameters Invalid");
  BOOST_TEST(http.get("/v1/credentials").json().as_array().size() == 3U);
}

BOOST_AUTO_TEST_CASE(status_says_what_runs) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto status = http.get("/v1/status").json();
  BOOST_TEST(status.at("pid").as_int64() == daemon.pid());
  BOOST_TEST(status.at("entries").as_int64() == 1);
  BOOST_TEST(status.at("bytes").as_int64() > 0);
  BOOST_TEST(status.at("capacity").at("entries").as_int64() == 1'000'000);
  BOOST_TEST(status.at("workers").as_int64() > 0);
  BOOST_TEST(text(status.at("listeners")) == "[\"unix:" + daemon.socket() + "\"]");
  BOOST_TEST(text_at(status, "keySource") == "random");
  BOOST_TEST(contains(text(status.at("definitions")),
                      R"("csp":"PlusServer","constant":"PLUS_SERVER","file":"40-plusserver.yaml",)"
                      R"("active":false,"missing":["PLUS_SERVER_AUTH_URL"]})"));
}

BOOST_AUTO_TEST_CASE(metrics_are_prometheus_text_and_name_nobody) {
  BOOST_TEST(http.post(users, text(aws()), as_user("OWNER-NAME")).status == 204);
  BOOST_TEST(http.get("/v1/resolve?csp=aws", as_user("OWNER-NAME")).status == 200);
  http.get("/v1/resolve?csp=CALLER-CHOSEN");
  http.get("/CALLER-CHOSEN");
  const auto metrics = http.get("/metrics");
  BOOST_TEST(metrics.status == 200);
  BOOST_TEST(metrics.body.ends_with("\n"));
  std::vector<std::string> lines;
  boost::split(lines, metrics.body, boost::is_any_of("\n"));
  const std::regex comment("# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+");
  const std::regex sample(R"(credcached_[a-z0-9_]+(\{[a-zA-Z_]+="[^"]*"(,[a-zA-Z_]+="[^"]*")*\})? -?[0-9.e+]+)");
  for (const auto& line : lines) BOOST_TEST_CONTEXT(line)
  BOOST_TEST((line.empty() || std::regex_match(line, comment) || std::regex_match(line, sample)));
  for (const auto word :
       {marker, std::string_view("OWNER-NAME"), std::string_view("CALLER-CHOSEN"), std::string_view("AKIA")})
    BOOST_TEST(!contains(metrics.body, word));
}

BOOST_AUTO_TEST_CASE(liveness_and_readiness) {
  BOOST_TEST(http.get("/healthz").status == 200);
  BOOST_TEST(http.get("/readyz").status == 200);
}

BOOST_AUTO_TEST_CASE(metrics_say_when_credentials_expire) {
  BOOST_TEST(!contains(http.get("/metrics").body, "\ncredcached_earliest_deadline_timestamp_seconds "));
  BOOST_TEST(metric(http, R"(credcached_entries_expiring{within="1d"})") == 0U);
  BOOST_TEST(http.post(users, text(with(aws(), "timeToLive", 600))).status == 204);
  BOOST_TEST(http.post(users, text(with(huawei(), "timeToLive", 7200))).status == 204);
  const auto expected = static_cast<std::uint64_t>(std::time(nullptr)) + 600;
  const auto earliest = metric(http, "credcached_earliest_deadline_timestamp_seconds");
  BOOST_TEST((earliest + 5 >= expected && earliest <= expected + 1));
  for (const auto& [within, count] : {std::pair{"5m", 0U}, {"15m", 1U}, {"1h", 1U}, {"4h", 2U}, {"1d", 2U}})
    BOOST_TEST(metric(http, "credcached_entries_expiring{within=\"" + std::string(within) + "\"}") == count);
}

BOOST_AUTO_TEST_CASE(whoever_prefers_it_is_told_what_was_added) {
  auto wish = as_user("alice");
  wish.emplace_back("Prefer", "respond-async, return=representation");
  const auto added = http.post(users, text(with(aws(), "timeToLive", 600)), wish);
  BOOST_TEST_CONTEXT(added) {
    BOOST_TEST(added.status == 200);
    BOOST_TEST(added.header("Preference-Applied") == "return=representation");
    auto told = added.json().as_object();
    told.stable_erase("expiresAt");
    BOOST_TEST(text(told) ==
               R"({"csp":"aws","site":"default","type":"variables","name":"ACCESS_KEY","profile":null,"user":"alice",)"
               R"("timeToLive":600,"outcome":"added"})");
    BOOST_TEST(!contains(added.body, marker));
  }
  BOOST_TEST(text_at(added.json(), "expiresAt").starts_with("20"));
  const auto replaced = http.post(users, text(aws()), wish);
  BOOST_TEST(text_at(replaced.json(), "outcome") == "replaced");
  BOOST_TEST(replaced.json().at("timeToLive").as_int64() == standard_life);
  const auto isv = http.post(isvs, text(aws()), {{"X-Credential-Isv", "acme"}, {"Prefer", "Return=Representation"}});
  BOOST_TEST(text_at(isv.json(), "isv") == "acme");
  BOOST_TEST(http.post(users, text(aws()), {{"Prefer", "return=minimal"}}).status == 204);
  check_problem(http.post(users, text(without(aws(), "name")), wish), 422, "Unprocessable Entity");
}

BOOST_AUTO_TEST_CASE(if_none_match_adds_only) {
  const header_list only_new{{"If-None-Match", "*"}};
  BOOST_TEST(http.post(users, text(aws("first")), only_new).status == 204);
  for (const auto* method : {"POST", "PUT"})
    check_problem(http.request(method, users, text(aws("second")), only_new), 412, "Credential Already Exists");
  BOOST_TEST(contains(http.get("/v1/resolve?csp=aws").body, "first"));
  BOOST_TEST(http.post(users, text(aws("third")), {{"If-None-Match", "\"etag\""}}).status == 204);
  BOOST_TEST(contains(http.get("/v1/resolve?csp=aws").body, "third"));
  BOOST_TEST(http.remove("/v1/credentials?all=true").status == 200);
  BOOST_TEST(http.post(users, text(aws("fourth")), only_new).status == 204);
}

BOOST_AUTO_TEST_CASE(of_many_who_add_only_one_does) {
  std::atomic<int> done{0}, refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      auto own = connect();
      for (int round = 0; round < 20; ++round) {
        const int status =
            own.post(users, text(aws()), {{"X-Credential-User", "u" + std::to_string(round)}, {"If-None-Match", "*"}})
                .status;
        ++(status == 204 ? done : refused);
      }
    });
  for (auto& thread : threads) thread.join();
  BOOST_TEST(done == 20);
  BOOST_TEST(refused == 140);
}

BOOST_AUTO_TEST_CASE(the_inventory_of_one_csp) {
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  BOOST_TEST(http.post(users, text(huawei())).status == 204);
  BOOST_TEST(column(http.get("/v1/credentials?csp=AWS").json(), "csp") == "aws");
  BOOST_TEST(text(http.get("/v1/credentials?csp=Vultr").json()) == "[]");
  check_problem(http.get("/v1/credentials?csp=nosuch"), 422, "Unprocessable Entity");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace native_api_test
