// The join: each variable from the first source that has a value, and the first complete credential wins.
#include "configured_daemon.hpp"

namespace join_test {

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
/// openstack() with the value of its third variable, OS_PROJECT_NAME, replaced.
json::object openstack_project(json::value value) {
  auto body = openstack();
  body["variables"].as_array()[2].as_object()["value"] = std::move(value);
  return body;
}
json::object openstack_without_project() {
  auto body = openstack();
  auto& list = body["variables"].as_array();
  list.erase(list.begin() + 2);
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
  const row table[] = {{"absent", openstack_without_project()},
                       {"null", openstack_project(nullptr)},
                       {"empty", openstack_project("")},
                       {"spaces", openstack_project("   ")},
                       {"white space", openstack_project(" \t\r\n")}};
  running_daemon filled(environment{{"OS_AUTH_URL", url}, {"OS_PROJECT_NAME", "from-environment"}});
  running_daemon missing(environment{{"OS_AUTH_URL", url}});
  running_daemon blank(environment{{"OS_AUTH_URL", url}, {"OS_PROJECT_NAME", "  "}});
  for (const auto& [what, body] : table) {
    BOOST_TEST_CONTEXT("OS_PROJECT_NAME is " << what) {
      BOOST_TEST(filled.http.post(users, text(body)).status == 204);
      check_source(filled.http.get("/v1/resolve?csp=OpenStack").json(), "OS_PROJECT_NAME", "from-environment",
                   "environment");
      for (auto* own : {&missing, &blank}) {
        const auto refused = own->http.post(users, text(body));
        check_problem(refused, 400, "Credential Variables Not Complete");
        BOOST_TEST(contains(refused.details(), "OS_PROJECT_NAME"));
        BOOST_TEST(!contains(refused.details(), "OS_PASSWORD"));
      }
    }
  }
  // The cache comes before the environment once it has a value.
  BOOST_TEST(filled.http.post(users, text(openstack())).status == 204);
  check_source(filled.http.get("/v1/resolve?csp=OpenStack").json(), "OS_PROJECT_NAME", "p", "cache");
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
                    {"deployVariables",
                     {{"AWS_REGION", "deployed"},
                      {"AWS_ACCESS_KEY_ID", "deployed-id"},
                      {"AWS_SECRET_ACCESS_KEY", "deployed-secret"}}}};
  auto answer = own.http.post("/v1/resolve", text(body)).json();
  check_source(answer, "AWS_REGION", "deployed", "deploy variables");
  check_source(answer, "AWS_DEFAULT_REGION", "deployed", "deploy variables");
  check_source(answer, "AWS_SECRET_ACCESS_KEY", "deployed-secret", "deploy variables");
  check_source(answer, "AWS_ACCESS_KEY_ID", "deployed-id", "deploy variables");

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

BOOST_AUTO_TEST_CASE(values_of_the_configuration_come_between_systemd_credentials_and_environment) {
  const temporary_folder credentials;
  write_text(credentials / "OS_PROJECT_DOMAIN_NAME", "from-systemd", 0400);
  configured_daemon own(
      "environment: {OPENSTACK_TESTLAB_AUTH_URL: https://first.example, OS_PROJECT_DOMAIN_NAME: from-file,\n"
      "              OS_USER_DOMAIN_NAME: from-file}\n",
      {{"CREDENTIALS_DIRECTORY", credentials.path().string()},
       {"OPENSTACK_TESTLAB_AUTH_URL", url},
       {"OS_USER_DOMAIN_NAME", "from-environment"}});
  const json::object account = credential("OpenstackTestlab", "default", "USERNAME_PASSWORD",
                                          {{"OS_USERNAME", "u"}, {"OS_PASSWORD", "p"}, {"OS_PROJECT_NAME", "p"}});
  const auto added = own.http.post(users, text(account));
  BOOST_TEST_REQUIRE(added.status == 204, added.body);
  const auto resolved = [&] { return own.http.get("/v1/resolve?csp=OpenstackTestlab").json(); };
  auto answer = resolved();
  check_source(answer, "OS_AUTH_URL", "https://first.example", "configuration");
  check_source(answer, "OS_PROJECT_DOMAIN_NAME", "from-systemd", "systemd credential");
  check_source(answer, "OS_USER_DOMAIN_NAME", "from-file", "configuration");
  BOOST_TEST(contains(own.http.get("/v1/explain?csp=OpenstackTestlab").body, R"("source":"configuration")"));

  // A reload takes the new values, and what is not given any more is the environment's again.
  own.configure("environment: {OPENSTACK_TESTLAB_AUTH_URL: https://second.example}\n");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return contains(text(resolved()), "https://second.example"); }));
  check_source(resolved(), "OS_USER_DOMAIN_NAME", "from-environment", "environment");
  own.configure("environment: {OS_PASSWORD: p}\n");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(own.daemon.logs("which is a secret"));
  check_source(resolved(), "OS_AUTH_URL", "https://second.example", "configuration");
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

BOOST_AUTO_TEST_CASE(a_key_pair_of_the_user_does_not_meet_the_token_of_the_house) {
  running_daemon own(environment{{"AWS_ACCESS_KEY_ID", "house"},
                                 {"AWS_SECRET_ACCESS_KEY", "house"},
                                 {"AWS_SESSION_TOKEN", "token-of-the-house"},
                                 {"AWS_REGION", "of-the-house"}});
  check_source(own.http.get("/v1/resolve?csp=aws").json(), "AWS_SESSION_TOKEN", "token-of-the-house", "environment");
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  const auto answer = own.http.get("/v1/resolve?csp=aws").json();
  check_source(answer, "AWS_SECRET_ACCESS_KEY", marker, "cache");
  check_source(answer, "AWS_REGION", "of-the-house", "environment");
  BOOST_TEST(!answer.at("variables").as_object().contains("AWS_SESSION_TOKEN"));
  const auto explained = own.http.get("/v1/explain?csp=aws").json().at("candidates").at(0);
  BOOST_TEST(explained.at("complete").as_bool());
  BOOST_TEST(text_at(explained.at("variables").at(2), "source") == "missing");

  // Half a pair is refused where it is given, and where it is deployed.
  const auto half = credential("aws", "default", "ACCESS_KEY", {{"AWS_SECRET_ACCESS_KEY", marker}});
  const auto refused = own.http.post(users, text(half));
  check_problem(refused, 400, "Credential Variables Not Complete");
  BOOST_TEST(
      contains(refused.details(),
               "AWS_ACCESS_KEY_ID has to be given together with AWS_SECRET_ACCESS_KEY: they come from one source."));
  const auto deployed =
      own.http.post("/v1/resolve", R"({"csp":"aws","deployVariables":{"AWS_SECRET_ACCESS_KEY":"d"}})");
  check_problem(deployed, 400, "Credential Variables Not Complete");
  BOOST_TEST(contains(deployed.details(),
                      "AWS_ACCESS_KEY_ID (from the same source as AWS_SECRET_ACCESS_KEY: deploy variables)"));
}

BOOST_AUTO_TEST_CASE(an_application_of_the_user_does_not_log_in_to_the_tenant_of_the_house) {
  running_daemon own(environment{{"AZURE_TENANT_ID", "tenant-of-the-house"},
                                 {"ARM_TENANT_ID", "tenant-of-the-house"},
                                 {"AZURE_SUBSCRIPTION_ID", "subscription-of-the-house"}});
  const auto application = [](pairs variables) {
    return text(credential("azure", "default", "SERVICE_PRINCIPAL", std::move(variables)));
  };
  const auto refused = own.http.post(users, application({{"AZURE_CLIENT_ID", "a"}, {"AZURE_CLIENT_SECRET", marker}}));
  check_problem(refused, 400, "Credential Variables Not Complete");
  BOOST_TEST(contains(refused.details(), "AZURE_TENANT_ID has to be given together with AZURE_CLIENT_ID"));
  BOOST_TEST(
      own.http
          .post(users,
                application({{"AZURE_TENANT_ID", "own"}, {"AZURE_CLIENT_ID", "a"}, {"AZURE_CLIENT_SECRET", marker}}))
          .status == 204);
  const auto answer = own.http.get("/v1/resolve?csp=azure").json();
  check_source(answer, "AZURE_TENANT_ID", "own", "cache");
  check_source(answer, "ARM_TENANT_ID", "own", "cache");
  check_source(answer, "AZURE_SUBSCRIPTION_ID", "subscription-of-the-house", "environment");
}

BOOST_AUTO_TEST_CASE(half_a_pair_of_the_house_is_no_credential_and_is_explained) {
  running_daemon own(environment{{"AWS_SECRET_ACCESS_KEY", "house"}});
  const auto refused = own.http.get("/v1/resolve?csp=aws");
  check_problem(refused, 404, "Credentials Not Found");
  const auto* const lacks = "AWS_ACCESS_KEY_ID (from the same source as AWS_SECRET_ACCESS_KEY: environment)";
  BOOST_TEST(contains(refused.details(), lacks));
  const auto candidate = own.http.get("/v1/explain?csp=aws").json().at("candidates").at(0);
  BOOST_TEST(text_at(candidate, "reason") == std::string("Lacks ") + lacks + ".");
}

BOOST_AUTO_TEST_CASE(names_that_are_handed_out_are_taken_from_everywhere) {
  const temporary_folder credentials;
  write_text(credentials / "ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 0400);
  write_text(credentials / "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret\n", 0400);
  running_daemon own(environment{{"CREDENTIALS_DIRECTORY", credentials.path().string()},
                                 {"ARM_TENANT_ID", "tenant"},
                                 {"ARM_CLIENT_ID", "client"},
                                 {"ARM_CLIENT_SECRET", marker.data()},
                                 {"ARM_SUBSCRIPTION_ID", "arm"},
                                 {"AZURE_SUBSCRIPTION_ID", "azure"},
                                 {"LINODE_CLI_TOKEN", "linode"}});
  auto answer = own.http.get("/v1/resolve?csp=azure").json();
  check_source(answer, "AZURE_CLIENT_SECRET", marker, "environment");
  check_source(answer, "ARM_CLIENT_SECRET", marker, "environment");
  check_source(answer, "ARM_SUBSCRIPTION_ID", "azure", "environment");  // the definition's own name first
  check_source(own.http.get("/v1/resolve?csp=Linode").json(), "LINODE_TOKEN", "linode", "environment");
  check_source(own.http.get("/v1/resolve?csp=AlibabaCloud").json(), "ALICLOUD_SECRET_KEY", "secret",
               "systemd credential");

  const auto by_export = credential("azure", "default", "SERVICE_PRINCIPAL",
                                    {{"ARM_TENANT_ID", "own"}, {"ARM_CLIENT_ID", "own"}, {"client_secret", "own"}});
  BOOST_TEST(own.http.post(users, text(by_export)).status == 204);
  answer = own.http.get("/v1/resolve?csp=azure").json();
  check_source(answer, "AZURE_CLIENT_ID", "own", "cache");
  check_source(answer, "AZURE_TENANT_ID", "own", "cache");
  const auto both =
      credential("Linode", "default", "ACCESS_TOKEN", {{"LINODE_TOKEN", marker}, {"LINODE_CLI_TOKEN", marker}});
  check_problem(own.http.post(users, text(both)), 422, "Unprocessable Entity");
  const auto one_blank =
      credential("Linode", "default", "ACCESS_TOKEN", {{"LINODE_TOKEN", ""}, {"LINODE_CLI_TOKEN", marker}});
  BOOST_TEST(own.http.post(users, text(one_blank)).status == 204);
}

BOOST_AUTO_TEST_CASE(a_value_of_a_source_is_held_to_the_checks_of_add_when_it_is_used) {
  running_daemon own(environment{{"AWS_ACCESS_KEY_ID", "id"},
                                 {"AWS_SECRET_ACCESS_KEY", std::string(marker) + "p\xe4ss"},
                                 {"GOOGLE_CREDENTIALS", R"({"type":"authorized_user","project_id":"p"})"}});
  auto refused = own.http.get("/v1/resolve?csp=aws");
  check_problem(refused, 404, "Credentials Not Found");
  const std::string no_text = "found bytes that are not UTF-8, expected text in UTF-8 without zero bytes";
  BOOST_TEST(contains(refused.details(), "ACCESS_KEY cannot use AWS_SECRET_ACCESS_KEY from environment: " + no_text));
  refused = own.http.get("/v1/resolve?csp=gcp");
  check_problem(refused, 404, "Credentials Not Found");
  BOOST_TEST(
      contains(refused.details(), "cannot use GOOGLE_CREDENTIALS from environment: found a JSON object of another"));

  const auto response = own.http.get("/v1/explain?csp=aws");
  BOOST_TEST(!contains(response.body, marker));
  const auto candidate = response.json().at("candidates").at(0);
  BOOST_TEST(!candidate.at("complete").as_bool());
  BOOST_TEST(text_at(candidate.at("variables").at(1), "source") == "environment");
  BOOST_TEST(text_at(candidate.at("variables").at(1), "problem") == no_text);
  BOOST_TEST(!candidate.at("variables").at(0).as_object().contains("problem"));
  BOOST_TEST(!contains(own.daemon.log(), marker));

  // A pair of one's own does not need it.
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 200);
  const auto zero = own.http.post(users, text(aws("id", std::string_view("MARKER-4d1f7c-secret\0x", 22))));
  check_problem(zero, 422, "Unprocessable Entity");
  BOOST_TEST(contains(zero.details(), "AWS_SECRET_ACCESS_KEY found a zero byte"));
  const auto deployed = own.http.post("/v1/resolve", R"({"csp":"aws","deployVariables":{"AWS_REGION":"a\u0000b"}})");
  check_problem(deployed, 400, "Credential Variables Not Complete");
  BOOST_TEST(contains(deployed.details(), "AWS_REGION from deploy variables: found a zero byte"));
}

BOOST_AUTO_TEST_CASE(what_is_refused_does_not_count_as_a_read) {
  running_daemon own;
  BOOST_TEST(own.http.post(users, text(with(aws("id", "two\nlines"), "timeToLive", 600))).status == 204);
  const auto reads = [&] { return own.http.get("/v1/credentials").json().at(0).at("reads").as_int64(); };
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws&minTtl=2h").status == 409);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws&format=env").status == 400);  // it has no form for a line break
  BOOST_TEST(reads() == 0);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws&format=env").status == 400);
  BOOST_TEST(reads() == 1);
}

BOOST_AUTO_TEST_CASE(openstack_takes_ids_in_place_of_names) {
  running_daemon own(environment{{"OS_AUTH_URL", url}, {"OS_PROJECT_NAME", "house"}, {"PLUS_SERVER_AUTH_URL", url}});
  const auto by_id = openstack({{"OS_USER_ID", "u1"}, {"OS_PASSWORD", marker}, {"OS_PROJECT_ID", "p1"}});
  BOOST_TEST(own.http.post(users, text(by_id)).status == 204);
  auto answer = own.http.get("/v1/resolve?csp=OpenStack").json();
  check_source(answer, "OS_PROJECT_ID", "p1", "cache");
  check_source(answer, "OS_USER_ID", "u1", "cache");
  BOOST_TEST(!answer.at("variables").as_object().contains("OS_PROJECT_NAME"));  // it is another project's
  const auto explained = own.http.get("/v1/explain?csp=OpenStack").json().at("candidates").at(0);
  BOOST_TEST(explained.at("wins").as_bool());
  BOOST_TEST(!explained.at("variables").at(1).at("mandatory").as_bool());

  // As an openrc file of Horizon has them: names, and the project's domain by id.
  const auto openrc = openstack({{"OS_USERNAME", "bob"},
                                 {"OS_PASSWORD", marker},
                                 {"OS_PROJECT_NAME", "p"},
                                 {"OS_PROJECT_ID", "p1"},
                                 {"OS_USER_DOMAIN_NAME", "Default"},
                                 {"OS_PROJECT_DOMAIN_ID", "default"}});
  BOOST_TEST(own.http.post(users, text(openrc)).status == 204);
  BOOST_TEST(own.http.get("/v1/resolve?csp=OpenStack").status == 200);
  const auto without_domain = openstack({{"OS_USERNAME", "bob"}, {"OS_PASSWORD", marker}, {"OS_PROJECT_ID", "p1"}});
  const auto refused = own.http.post(users, text(without_domain));
  check_problem(refused, 400, "Credential Variables Not Complete");
  BOOST_TEST(contains(refused.details(), "OS_USER_DOMAIN_NAME or OS_USER_ID or OS_USER_DOMAIN_ID"));

  const auto plus = credential("PlusServer", "default", "USERNAME_PASSWORD",
                               {{"OS_USER_ID", "u1"}, {"OS_PASSWORD", marker}, {"OS_DOMAIN_ID", "d1"}});
  BOOST_TEST(own.http.post(users, text(plus)).status == 204);
  answer = own.http.get("/v1/resolve?csp=PlusServer").json();
  check_source(answer, "OS_DOMAIN_ID", "d1", "cache");
  check_source(answer, "OS_PROJECT_NAME", "house", "environment");

  const auto capability = own.http.get("/xpanse/credentials/capabilities?cspName=PlusServer").json().at(0);
  for (const auto& variable : capability.at("variables").as_array()) {
    const bool is_id = text_at(variable, "name").ends_with("_ID");
    BOOST_TEST(variable.at("isMandatory").as_bool() == !is_id);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace join_test
