// The join: each variable from the first source that has a value, and the first complete credential wins.
#include "scenario.hpp"

using namespace credcached::testing;

namespace {

const std::string url = "https://cloud.example.com:5000/v3";

json::object openstack(pairs variables) {
  return credential("OpenStack", "default", "USERNAME_PASSWORD", variables);
}
json::object openstack() {
  return openstack({{"OS_USERNAME", "bob"},
                    {"OS_PASSWORD", marker},
                    {"OS_PROJECT_NAME", "p"},
                    {"OS_USER_DOMAIN_NAME", "d"},
                    {"OS_PROJECT_DOMAIN_NAME", "d"}});
}
/// openstack() with the value of its first variable, OS_USERNAME, replaced.
json::object openstack_user(json::value value) {
  auto body = openstack();
  body["variables"].as_array()[0].as_object()["value"] = std::move(value);
  return body;
}
json::object openstack_without_user() {
  auto body = openstack();
  auto& list = body["variables"].as_array();
  list.erase(list.begin());
  return body;
}

/// A csp of our own: FIRST takes a user and a password, SECOND a token. `tenant` makes FIRST ask for one variable more.
std::string acme(bool tenant) {
  return R"(csp: Acme
constant: ACME
sites: [default]
credentials:
  - type: variables
    name: FIRST
    description: A user and a password.
    variables:
      - {name: ACME_USER, description: The user., environmentNames: [ACME_LOGIN]}
      - {name: ACME_PASSWORD, description: The password., sensitive: true}
)" + std::string(tenant ? "      - {name: ACME_TENANT, description: The tenant.}\n" : "") +
         R"(  - type: variables
    name: SECOND
    description: A token.
    variables:
      - {name: ACME_TOKEN, description: The token., sensitive: true}
)";
}
json::object acme_first() {
  return credential("Acme", "default", "FIRST", {{"ACME_USER", "u"}, {"ACME_PASSWORD", marker}});
}
json::object acme_second() {
  return credential("Acme", "default", "SECOND", {{"ACME_TOKEN", "cached-token"}});
}

/// A daemon with a definition folder that can be changed and reloaded.
struct acme_daemon {
  temporary_folder folder;
  running_daemon own;
  explicit acme_daemon(const environment& env = {})
      : own((write_text(folder / "50-acme.yaml", acme(false)), env), {"--providers", folder.path().string()}) {}
  void now_asks_for_a_tenant() {
    write_text(folder / "50-acme.yaml", acme(true));
    own.daemon.signal(SIGHUP);
    BOOST_REQUIRE(eventually([this] { return contains(own.http.get("/v1/explain?csp=Acme").body, "ACME_TENANT"); }));
  }
};

void check_source(const json::value& answer, std::string_view name, std::string_view value, std::string_view source) {
  BOOST_TEST_CONTEXT(name << " in " << text(answer)) {
    BOOST_TEST(text_at(answer.at("variables"), name) == value);
    BOOST_TEST(text_at(answer.at("sources"), name) == source);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(join)

BOOST_AUTO_TEST_CASE(a_variable_that_only_the_environment_has_completes_the_rest_from_the_user) {
  running_daemon own(environment{{"OS_AUTH_URL", url}});
  BOOST_TEST(own.http.post(users, text(openstack())).status == 204);
  const auto response = own.http.get("/v1/resolve?csp=OpenStack");
  BOOST_TEST_REQUIRE(response.status == 200);
  const auto answer = response.json();
  BOOST_TEST(text_at(answer, "name") == "USERNAME_PASSWORD");
  check_source(answer, "OS_AUTH_URL", url, "environment");
  check_source(answer, "OS_PASSWORD", marker, "cache");
  BOOST_TEST(!answer.at("variables").as_object().contains("OS_REGION_NAME"));

  const auto explained = own.http.get("/v1/explain?csp=OpenStack");
  BOOST_TEST(!contains(explained.body, marker));
  const auto first = explained.json().at("candidates").at(0);
  BOOST_TEST(text_at(first.at("variables").at(0), "source") == "environment");
  BOOST_TEST(first.at("wins").as_bool());
}

BOOST_AUTO_TEST_CASE(without_it_the_add_is_refused_by_name) {
  running_daemon own;
  const auto refused = own.http.post(users, text(openstack()));
  check_problem(refused, 400, "Credential Variables Not Complete");
  BOOST_TEST(contains(refused.details(), "OS_AUTH_URL"));
  BOOST_TEST(text(own.http.get(users).json()) == "[]");
}

BOOST_AUTO_TEST_CASE(absent_null_and_blank_values_are_filled_by_another_source_or_refused) {
  struct row {
    const char* what;
    json::object body;
  };
  const row table[] = {{"absent", openstack_without_user()},
                       {"null", openstack_user(nullptr)},
                       {"empty", openstack_user("")},
                       {"spaces", openstack_user("   ")},
                       {"white space", openstack_user(" \t\r\n")}};
  running_daemon filled(environment{{"OS_AUTH_URL", url}, {"OS_USERNAME", "from-environment"}});
  running_daemon missing(environment{{"OS_AUTH_URL", url}});
  running_daemon blank(environment{{"OS_AUTH_URL", url}, {"OS_USERNAME", "  "}});
  for (const auto& [what, body] : table) {
    BOOST_TEST_CONTEXT("OS_USERNAME is " << what) {
      BOOST_TEST(filled.http.post(users, text(body)).status == 204);
      check_source(filled.http.get("/v1/resolve?csp=OpenStack").json(), "OS_USERNAME", "from-environment",
                   "environment");
      for (auto* own : {&missing, &blank}) {
        const auto refused = own->http.post(users, text(body));
        check_problem(refused, 400, "Credential Variables Not Complete");
        BOOST_TEST(contains(refused.details(), "OS_USERNAME"));
        BOOST_TEST(!contains(refused.details(), "OS_PASSWORD"));
      }
    }
  }
  // The cache comes before the environment once it has a value.
  BOOST_TEST(filled.http.post(users, text(openstack())).status == 204);
  check_source(filled.http.get("/v1/resolve?csp=OpenStack").json(), "OS_USERNAME", "bob", "cache");
}

BOOST_AUTO_TEST_CASE(every_missing_variable_is_named_at_once) {
  running_daemon own;
  const auto refused = own.http.post(users, text(openstack({{"OS_PASSWORD", marker}})));
  check_problem(refused, 400, "Credential Variables Not Complete");
  for (const auto* name :
       {"OS_AUTH_URL", "OS_USERNAME", "OS_PROJECT_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"})
    BOOST_TEST(contains(refused.details(), name));
}

BOOST_AUTO_TEST_CASE(an_optional_variable_may_be_absent_null_or_blank) {
  running_daemon own;
  for (const json::value& value : {json::value(nullptr), json::value(""), json::value("  ")}) {
    auto body = aws();
    body["variables"].as_array().push_back({{"name", "AWS_REGION"}, {"value", value}});
    BOOST_TEST(own.http.post(users, text(body)).status == 204);
    BOOST_TEST(!own.http.get("/v1/resolve?csp=aws").json().at("variables").as_object().contains("AWS_REGION"));
  }
}

BOOST_AUTO_TEST_CASE(of_several_cached_credentials_the_first_complete_in_definition_order_wins) {
  acme_daemon acme;
  auto& http = acme.own.http;
  BOOST_TEST(http.post(users, text(acme_second())).status == 204);
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=Acme").json(), "name") == "SECOND");
  BOOST_TEST(http.post(users, text(acme_first())).status == 204);
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=Acme").json(), "name") == "FIRST");
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=Acme&name=SECOND").json(), "name") == "SECOND");

  acme.now_asks_for_a_tenant();  // FIRST is cached, but not complete any more
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=Acme").json(), "name") == "SECOND");
}

BOOST_AUTO_TEST_CASE(an_incomplete_cached_credential_never_falls_back_to_somebody_elses_account) {
  acme_daemon acme(environment{{"ACME_TOKEN", "token-of-the-house"}});
  auto& http = acme.own.http;
  BOOST_TEST(http.post(users, text(acme_first())).status == 204);
  acme.now_asks_for_a_tenant();
  const auto refused = http.get("/v1/resolve?csp=Acme");
  check_problem(refused, 400, "Credential Variables Not Complete");
  BOOST_TEST(contains(refused.details(), "ACME_TENANT"));
  BOOST_TEST(!contains(refused.body, "token-of-the-house"));

  const auto explained = http.get("/v1/explain?csp=Acme").json();
  BOOST_TEST(!explained.at("resolves").as_bool());
  BOOST_TEST(explained.at("status").as_int64() == 400);
  BOOST_TEST(text_at(explained, "errorType") == "Credential Variables Not Complete");
}

BOOST_AUTO_TEST_CASE(with_nothing_cached_the_environment_answers) {
  acme_daemon acme(environment{{"ACME_TOKEN", "token"}});
  const auto answer = acme.own.http.get("/v1/resolve?csp=Acme").json();
  check_source(answer, "ACME_TOKEN", "token", "environment");
  BOOST_TEST(text_at(answer, "name") == "SECOND");
  BOOST_TEST(answer.at("expiresAt").is_null());
  BOOST_TEST(answer.at("remaining").is_null());
  BOOST_TEST(contains(text(answer.at("unset")), "\"CREDCACHED_EXPIRES_AT\""));     // of another one, if it is there
  BOOST_TEST(acme.own.http.get("/v1/resolve?csp=Acme&minTtl=24h").status == 200);  // no deadline to be too soon
}

BOOST_AUTO_TEST_CASE(the_environment_is_read_under_the_name_and_then_under_further_names) {
  acme_daemon further(environment{{"ACME_LOGIN", "login"}, {"ACME_PASSWORD", "p"}});
  check_source(further.own.http.get("/v1/resolve?csp=Acme").json(), "ACME_USER", "login", "environment");
  acme_daemon both(environment{{"ACME_LOGIN", "login"}, {"ACME_USER", "user"}, {"ACME_PASSWORD", "p"}});
  check_source(both.own.http.get("/v1/resolve?csp=Acme").json(), "ACME_USER", "user", "environment");
}

BOOST_AUTO_TEST_CASE(deploy_variables_come_first_for_deployment_only) {
  running_daemon own(environment{{"AWS_REGION", "of-the-environment"}});
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  json::object body{{"csp", "aws"},
                    {"deployVariables", {{"AWS_REGION", "deployed"}, {"AWS_SECRET_ACCESS_KEY", "deployed-secret"}}}};
  auto answer = own.http.post("/v1/resolve", text(body)).json();
  check_source(answer, "AWS_REGION", "deployed", "deploy variables");
  check_source(answer, "AWS_DEFAULT_REGION", "deployed", "deploy variables");
  check_source(answer, "AWS_SECRET_ACCESS_KEY", "deployed-secret", "deploy variables");
  check_source(answer, "AWS_ACCESS_KEY_ID", "AKIA0123456789ABCDEF", "cache");

  answer = own.http.post("/v1/resolve", text(with(body, "purpose", "monitoring"))).json();
  check_source(answer, "AWS_REGION", "of-the-environment", "environment");
  check_source(answer, "AWS_SECRET_ACCESS_KEY", marker, "cache");
}

BOOST_AUTO_TEST_CASE(deploy_variables_alone_are_enough) {
  running_daemon own;
  const auto answer = own.http.post("/v1/resolve", R"({"csp":"Vultr","deployVariables":{"VULTR_API_KEY":"k"}})").json();
  check_source(answer, "VULTR_API_KEY", "k", "deploy variables");
  BOOST_TEST(own.http.get("/v1/resolve?csp=Vultr").status == 404);  // and they are not kept
}

BOOST_AUTO_TEST_CASE(systemd_credentials_come_between_cache_and_environment) {
  const temporary_folder credentials;
  write_text(credentials / "HW_ACCESS_KEY", "from-systemd\n", 0400);
  write_text(credentials / "HW_SECRET_KEY", "from-systemd", 0400);
  running_daemon own(
      environment{{"CREDENTIALS_DIRECTORY", credentials.path().string()}, {"HW_ACCESS_KEY", "environment"}});
  auto answer = own.http.get("/v1/resolve?csp=HuaweiCloud").json();
  check_source(answer, "HW_ACCESS_KEY", "from-systemd", "systemd credential");
  BOOST_TEST(own.http.post(users, text(huawei("cached", marker, "International"))).status == 204);
  answer = own.http.get("/v1/resolve?csp=HuaweiCloud").json();
  check_source(answer, "HW_ACCESS_KEY", "cached", "cache");
}

BOOST_AUTO_TEST_CASE(a_required_name_activates_its_csp_and_is_handed_out_as_os_auth_url) {
  const auto body = with(openstack(), "csp", "OpenstackTestlab");
  running_daemon without;
  check_problem(without.http.post(users, text(body)), 400, "Plugin Not Found");
  running_daemon own(environment{{"OPENSTACK_TESTLAB_AUTH_URL", url}});
  BOOST_TEST(own.http.post(users, text(body)).status == 204);
  const auto answer = own.http.get("/v1/resolve?csp=OpenstackTestlab").json();
  check_source(answer, "OS_AUTH_URL", url, "environment");
  check_source(answer, "OS_PASSWORD", marker, "cache");
}

BOOST_AUTO_TEST_CASE(too_little_remaining_life_is_refused_before_anything_is_handed_out) {
  running_daemon own;
  BOOST_TEST(own.http.post(users, text(with(aws(), "timeToLive", 600))).status == 204);
  for (const auto* enough : {"0", "300", "90s", "9m"})
    BOOST_TEST(own.http.get(std::string("/v1/resolve?csp=aws&minTtl=") + enough).status == 200);
  for (const auto* too_much : {"601", "2400", "40m", "2h"}) {
    const auto refused = own.http.get(std::string("/v1/resolve?csp=aws&minTtl=") + too_much);
    check_problem(refused, 409, "Credential Expires Too Soon");
    BOOST_TEST((contains(refused.details(), "600") || contains(refused.details(), "59")));  // the remaining seconds
  }
  check_problem(own.http.post("/v1/resolve", R"({"csp":"aws","minTtl":2400})"), 409, "Credential Expires Too Soon");
  BOOST_TEST(own.http.get("/v1/explain?csp=aws&minTtl=2h").json().at("status").as_int64() == 409);
}

BOOST_AUTO_TEST_SUITE_END()
