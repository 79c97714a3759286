// Clients written for xpanse work unchanged: section A of the HTTP contract.
#include <pwd.h>
#include <unistd.h>

#include "scenario.hpp"

namespace xpanse_contract_test {

using namespace credcached::testing;

namespace {

const std::string vultr_query = "?cspName=Vultr&siteName=default&type=variables&name=API_KEY";

std::string members(const json::value& object) {
  std::string all;
  for (const auto& [name, value] : object.as_object()) all.append(all.empty() ? "" : " ").append(name);
  return all;
}
json::object vultr(std::string_view key = marker) {
  return credential("Vultr", "default", "API_KEY", {{"VULTR_API_KEY", key}});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(xpanse_contract, running_daemon)

BOOST_AUTO_TEST_CASE(credential_types) {
  BOOST_TEST(text(http.get("/xpanse/credential_types").json()) ==
             R"(["variables","http_authentication","api_key","oauth2"])");
  BOOST_TEST(text(http.get("/xpanse/credential_types?cspName=aws").json()) == R"(["variables"])");
}

BOOST_AUTO_TEST_CASE(sites_and_active_csps_in_definition_order) {
  BOOST_TEST(text(http.get("/xpanse/csps/HuaweiCloud/sites").json()) ==
             R"(["International","Chinese Mainland","Europe"])");
  json::array expected;  // that the definitions stand in their order is a unit test
  const auto status = http.get("/v1/status").json();
  for (const auto& definition : status.at("definitions").as_array())
    if (definition.at("active").as_bool()) expected.push_back(definition.at("csp"));
  BOOST_TEST(http.get("/xpanse/csps/active").json() == json::value(expected));
  BOOST_TEST(text(expected).starts_with(R"(["HuaweiCloud","FlexibleEngine","AlibabaCloud","aws",)"));
  running_daemon more(
      environment{{"PLUS_SERVER_AUTH_URL", "https://plus"}, {"OPENSTACK_TESTLAB_AUTH_URL", "https://lab"}});
  BOOST_TEST(contains(text(more.http.get("/xpanse/csps/active").json()),
                      R"("FlexibleEngine","OpenstackTestlab","PlusServer","AlibabaCloud")"));
}

BOOST_AUTO_TEST_CASE(capabilities_describe_and_hold_no_values) {
  const auto list = http.get("/xpanse/credentials/capabilities?cspName=HuaweiCloud").json();
  BOOST_TEST_REQUIRE(list.as_array().size() == 1U);
  const auto& item = list.at(0);
  BOOST_TEST(members(item) == "csp site type name description userId timeToLive variables uniqueKey");
  BOOST_TEST(text_at(item, "csp") == "HuaweiCloud");
  BOOST_TEST(text_at(item, "site") == "International");
  BOOST_TEST(text_at(item, "description") == "Using The access key and security key authentication.");
  BOOST_TEST(item.at("userId").is_null());
  BOOST_TEST(item.at("timeToLive").is_null());
  const auto& variable = item.at("variables").at(0);
  BOOST_TEST(members(variable) == "name description isMandatory isSensitive value");
  BOOST_TEST(text_at(variable, "name") == "HW_ACCESS_KEY");
  BOOST_TEST(variable.at("isMandatory").as_bool());
  BOOST_TEST(variable.at("isSensitive").as_bool());
  BOOST_TEST(text_at(variable, "value") ==
             "value to be provided by creating credential or adding environment variables.");

  BOOST_TEST(column(http.get("/xpanse/credentials/capabilities?cspName=OpenStack").json(), "name") ==
             "USERNAME_PASSWORD APPLICATION_CREDENTIAL");
  BOOST_TEST(column(http.get("/xpanse/credentials/capabilities?cspName=OpenStack&name=APPLICATION_CREDENTIAL").json(),
                    "name") == "APPLICATION_CREDENTIAL");
  for (const auto* filter : {"&type=api_key", "&name=nosuch"})
    BOOST_TEST(http.get(std::string("/xpanse/credentials/capabilities?cspName=aws") + filter).body == "[]");
}

BOOST_AUTO_TEST_CASE(what_the_daemon_wrote_is_no_value) {
  constexpr std::string_view to_come = "value to be provided by creating credential or adding environment variables.";
  const auto with_values = [](std::string_view id, std::string_view secret, std::string_view token) {
    return text(
        credential("aws", "default", "ACCESS_KEY",
                   {{"AWS_ACCESS_KEY_ID", id}, {"AWS_SECRET_ACCESS_KEY", secret}, {"AWS_SESSION_TOKEN", token}}));
  };
  BOOST_TEST(http.post(users, with_values("id", marker, to_come)).status == 204);
  BOOST_TEST(text(http.get("/v1/resolve?csp=aws").json().at("variables")) ==
             R"({"AWS_ACCESS_KEY_ID":"id","AWS_SECRET_ACCESS_KEY":")" + std::string(marker) + "\"}");
  const auto incomplete = http.post(users, with_values("id", to_come, "token"));
  check_problem(incomplete, 400, "Credential Variables Not Complete");
  BOOST_TEST(contains(incomplete.details(), "AWS_SECRET_ACCESS_KEY"));

  const auto masked = http.post(users, with_values("other", nine_asterisks, ""));
  check_problem(masked, 422, "Unprocessable Entity");
  BOOST_TEST(contains(masked.details(), "AWS_SECRET_ACCESS_KEY: found the asterisks"));
  const auto nexus = http.post(users, R"({"csp":"aws","credentials":{"access_key":"i","secret_key":"*********"}})");
  check_problem(nexus, 422, "Unprocessable Entity");
  BOOST_TEST(contains(nexus.details(), "secret_key: found the asterisks"));
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=aws").json().at("variables"), "AWS_ACCESS_KEY_ID") == "id");

  BOOST_TEST(http.post(users, with_values(nine_asterisks, "s", "")).status == 204);  // no secret, so no mask
  const auto deployed =
      http.post("/v1/resolve", R"({"csp":"aws","deployVariables":{"AWS_REGION":")" + std::string(to_come) + "\"}}");
  BOOST_TEST(!contains(deployed.body, "\"AWS_REGION\":"));
}

BOOST_AUTO_TEST_CASE(the_openapi_link_points_to_documents_that_are_there) {
  const auto link =
      http.get("/xpanse/credentials/openapi/HuaweiCloud/variables", {{"Host", "cloud.example:8080"}}).json();
  BOOST_TEST(
      text(link) ==
      R"({"rel":"OpenApi","href":"http://cloud.example:8080/openapi/HuaweiCloud_variables_credentialApi.html"})");
  const auto page = http.get("/openapi/HuaweiCloud_variables_credentialApi.html");
  BOOST_TEST(page.status == 200);
  BOOST_TEST(page.header("Content-Type").starts_with("text/html"));
  for (const auto* part : {"HW_ACCESS_KEY", "HW_SECRET_KEY", "curl", "credcached add"})
    BOOST_TEST(contains(page.body, part));
  BOOST_TEST(!contains(page.body, "<script"));
  const auto document = http.get("/openapi/HuaweiCloud_variables_credentialApi.json");
  BOOST_TEST(document.header("Content-Type") == "application/json");
  BOOST_TEST(text_at(document.json(), "openapi").starts_with("3.1"));
  BOOST_TEST(contains(document.body, "HW_SECRET_KEY"));
  // Every active csp has its pair of documents.
  const auto active = http.get("/xpanse/csps/active").json();
  for (const auto& value : active.as_array()) {
    const std::string csp(value.as_string());
    const auto types = http.get("/xpanse/credential_types?cspName=" + csp).json();
    for (const auto& type : types.as_array())
      for (const auto* suffix : {".html", ".json"}) {
        const auto target = "/openapi/" + csp + "_" + std::string(type.as_string()) + "_credentialApi" + suffix;
        BOOST_TEST_CONTEXT(target) BOOST_TEST(http.get(target).status == 200);
      }
  }
}

BOOST_AUTO_TEST_CASE(forwarded_headers_do_not_bend_the_link) {
  const auto answer = http.get("/xpanse/credentials/openapi/aws/variables", {{"X-Forwarded-Host", "evil.example"}});
  BOOST_TEST(!contains(answer.body, "evil.example"));
}

BOOST_AUTO_TEST_CASE(a_listed_item_is_masked_and_has_its_members_in_order) {
  BOOST_TEST(http.post(users, text(with(aws(), "userId", "mallory"))).status == 204);
  const auto response = http.get(users);
  BOOST_TEST(!contains(response.body, marker));
  const auto list = response.json();
  BOOST_TEST_REQUIRE(list.as_array().size() == 1U);
  const auto& item = list.at(0);
  BOOST_TEST(members(item) == "csp site type name description userId timeToLive variables uniqueKey");
  BOOST_TEST(text_at(item, "type") == "variables");
  BOOST_TEST(text_at(item, "description") == "Access key of an IAM user, or temporary keys of a role.");
  BOOST_TEST(text_at(item, "userId") == getpwuid(getuid())->pw_name);
  BOOST_TEST(item.at("timeToLive").as_int64() == standard_life);
  BOOST_TEST(text_at(item, "uniqueKey") == "AWS-default-VARIABLES-ACCESS_KEY");
  const auto& id = item.at("variables").at(0);
  BOOST_TEST(members(id) == "name description isMandatory isSensitive value");
  BOOST_TEST(text_at(id, "value") == "AKIA0123456789ABCDEF");  // not sensitive by definition
  BOOST_TEST(text_at(item.at("variables").at(1), "value") == nine_asterisks);
}

BOOST_AUTO_TEST_CASE(unique_keys_carry_the_site_as_it_is) {
  BOOST_TEST(http.post(users, text(huawei())).status == 204);
  BOOST_TEST(column(http.get(users).json(), "uniqueKey") == "HUAWEI_CLOUD-Chinese Mainland-VARIABLES-AK_SK");
}

BOOST_AUTO_TEST_CASE(a_caller_adds_sensitivity_and_never_takes_it_away) {
  auto body = aws();
  body["variables"].as_array()[0].as_object()["isSensitive"] = true;
  body["variables"].as_array()[1].as_object()["isSensitive"] = false;
  BOOST_TEST(http.post(users, text(body)).status == 204);
  const auto list = http.get(users).json();
  for (const auto& variable : list.at(0).at("variables").as_array())
    BOOST_TEST(text_at(variable, "value") == nine_asterisks);
}

BOOST_AUTO_TEST_CASE(lists_are_ordered_by_definition_site_and_name_and_can_be_filtered) {
  BOOST_TEST(http.get(users).body == "[]");
  for (const auto& body : {vultr(), aws(), huawei("a", "s", "Europe"), huawei("a", "s", "International"), huawei()})
    BOOST_TEST(http.post(users, text(body)).status == 204);
  BOOST_TEST(column(http.get(users).json(), "uniqueKey") ==
             "HUAWEI_CLOUD-International-VARIABLES-AK_SK HUAWEI_CLOUD-Chinese Mainland-VARIABLES-AK_SK "
             "HUAWEI_CLOUD-Europe-VARIABLES-AK_SK AWS-default-VARIABLES-ACCESS_KEY VULTR-default-VARIABLES-API_KEY");
  BOOST_TEST(column(http.get("/xpanse/user/credentials?cspName=aws").json(), "csp") == "aws");
  BOOST_TEST(http.get("/xpanse/user/credentials?type=variables").json().as_array().size() == 5U);
  BOOST_TEST(http.get("/xpanse/user/credentials?type=oauth2").body == "[]");
}

BOOST_AUTO_TEST_CASE(both_upserts_create_and_replace) {
  for (const auto* method : {"POST", "PUT"}) {
    BOOST_TEST_CONTEXT(method) {
      for (const auto* key : {"first", "second"}) {
        const auto answer = http.request(method, users, text(vultr(key)));
        BOOST_TEST(answer.status == 204);
        BOOST_TEST(answer.body.empty());
        BOOST_TEST(text_at(http.get("/v1/resolve?csp=Vultr").json().at("variables"), "VULTR_API_KEY") == key);
      }
      BOOST_TEST(http.get(users).json().as_array().size() == 1U);
      BOOST_TEST(http.remove(std::string(users) + vultr_query).status == 204);
    }
  }
}

BOOST_AUTO_TEST_CASE(deleting_is_done_when_there_is_nothing_left) {
  BOOST_TEST(http.post(users, text(vultr())).status == 204);
  for (int i = 0; i < 2; ++i) {
    const auto answer = http.remove(std::string(users) + vultr_query);
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(answer.body.empty());
    BOOST_TEST(http.get(users).body == "[]");
  }
}

BOOST_AUTO_TEST_CASE(csp_and_type_match_in_any_case_and_by_constant_name) {
  for (const auto* csp : {"huaweicloud", "HUAWEICLOUD", "HuaweiCloud"})
    BOOST_TEST(http.post(users, text(with(with(huawei(), "csp", csp), "type", "VARIABLES"))).status == 204);
  const auto list = http.get("/xpanse/user/credentials?cspName=HUAWEI_CLOUD&type=VARIABLES").json();
  BOOST_TEST(column(list, "csp") == "HuaweiCloud");  // one entry, canonical spelling
  BOOST_TEST(column(list, "type") == "variables");
  for (const auto* target :
       {"/xpanse/csps/huawei_cloud/sites", "/xpanse/csps/HUAWEI_CLOUD/sites", "/xpanse/csps/huaweicloud/sites",
        "/xpanse/credentials/openapi/HUAWEI_CLOUD/VARIABLES", "/xpanse/credential_types?cspName=Huawei_Cloud",
        "/xpanse/credentials/capabilities?cspName=HUAWEI_CLOUD&type=Variables",
        "/v1/resolve?csp=HUAWEI_CLOUD&type=VARIABLES&site=Chinese%20Mainland"})
    BOOST_TEST_CONTEXT(target) BOOST_TEST(http.get(target).status == 200);
  BOOST_TEST(contains(http.get("/xpanse/credentials/openapi/HUAWEI_CLOUD/VARIABLES").body,
                      "/HuaweiCloud_variables_credentialApi.html"));
  BOOST_TEST(
      http.remove("/xpanse/user/credentials?cspName=HUAWEI_CLOUD&siteName=Chinese+Mainland&type=VARIABLES&name=AK_SK")
          .status == 204);
  BOOST_TEST(http.get(users).body == "[]");
}

BOOST_AUTO_TEST_CASE(users_and_isvs_of_one_name_are_two_owners) {
  BOOST_TEST(http.post(users, text(vultr("alice-key")), as_user("alice")).status == 204);
  BOOST_TEST(http.put(isvs, text(vultr("isv-key")), as_isv("alice")).status == 204);
  BOOST_TEST(http.get(users).body == "[]");
  BOOST_TEST(http.get(users, as_user("bob")).body == "[]");
  BOOST_TEST(http.get(isvs, as_isv("bob")).body == "[]");
  const auto key = [this](const char* owner) {
    const auto answer = http.get(std::string("/v1/resolve?csp=Vultr&") + owner).json();
    BOOST_TEST(text_at(answer, std::string_view(owner).substr(0, std::string_view(owner).find('='))) == "alice");
    return text_at(answer.at("variables"), "VULTR_API_KEY");
  };
  BOOST_TEST(key("user=alice") == "alice-key");
  BOOST_TEST(key("isv=alice") == "isv-key");
  BOOST_TEST(http.remove(std::string(isvs) + vultr_query, as_isv("alice")).status == 204);
  BOOST_TEST(http.get(isvs, as_isv("alice")).body == "[]");
  BOOST_TEST(column(http.get(users, as_user("alice")).json(), "csp") == "Vultr");
}

BOOST_AUTO_TEST_CASE(an_update_replaces_the_time_to_live_and_a_read_never_extends_it) {
  BOOST_TEST(http.post(users, text(with(vultr(), "timeToLive", 3600))).status == 204);
  BOOST_TEST(http.put(users, text(with(vultr(), "timeToLive", 2))).status == 204);
  BOOST_TEST(http.get(users).json().at(0).at("timeToLive").as_int64() == 2);
  BOOST_TEST(http.get("/v1/credentials").json().at(0).at("remaining").as_int64() <= 2);
  // Polling reads it all the time; it must go all the same.
  BOOST_TEST(eventually([this] { return http.get("/v1/resolve?csp=Vultr").status == 404; }, 5s));
}

BOOST_AUTO_TEST_CASE(a_life_can_be_given_by_its_end) {
  BOOST_TEST(http.post(users, text(with(vultr(), "expiresAt", "2001-01-01T00:00:00Z"))).status == 422);
  const auto in_an_hour = std::time(nullptr) + 3600;
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&in_an_hour));
  BOOST_TEST(http.post(users, text(with(vultr(), "expiresAt", date))).status == 204);
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=Vultr").json(), "expiresAt") == date);
  const auto left = http.get("/v1/credentials").json().at(0).at("remaining").as_int64();
  BOOST_TEST(left > 3590);
  BOOST_TEST(left <= 3600);
}

BOOST_AUTO_TEST_CASE(a_description_is_kept) {
  BOOST_TEST(http.post(users, text(with(vultr(), "description", "mine, Zürich"))).status == 204);
  BOOST_TEST(column(http.get(users).json(), "description") == "mine, Zürich");
}

BOOST_AUTO_TEST_CASE(the_form_of_nexus_and_aliases_are_taken) {
  BOOST_TEST(
      http.post(users,
                R"({"csp":"aws","name":"ACCESS_KEY","credentials":{"access_key":"AKIA0123456789ABCDEF","secret_key":"s",
                                  "region":"us-east-1"},"api_endpoint":"https://s3.internal.company.com"})")
          .status == 204);
  auto variables = http.get("/v1/resolve?csp=aws").json().at("variables");
  BOOST_TEST(text_at(variables, "AWS_SECRET_ACCESS_KEY") == "s");
  BOOST_TEST(text_at(variables, "AWS_DEFAULT_REGION") == "us-east-1");
  BOOST_TEST(text_at(variables, "AWS_ENDPOINT_URL") == "https://s3.internal.company.com");

  BOOST_TEST(
      http.post(
              users,
              R"({"csp":"DigitalOcean","name":"ACCESS_TOKEN","credentials":{"access_key":"dop_v1_x","secret_key":""}})")
          .status == 204);
  variables = http.get("/v1/resolve?csp=DigitalOcean").json().at("variables");
  BOOST_TEST(text(variables) == R"({"DIGITALOCEAN_TOKEN":"dop_v1_x","DIGITALOCEAN_ACCESS_TOKEN":"dop_v1_x"})");

  BOOST_TEST(http.post(users, text(credential("azure", "default", "SERVICE_PRINCIPAL",
                                              {{"tenant_id", "00000000-0000-0000-0000-000000000001"},
                                               {"client_id", "00000000-0000-0000-0000-000000000002"},
                                               {"client_secret", marker},
                                               {"subscription_id", "00000000-0000-0000-0000-000000000003"}})))
                 .status == 204);
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=azure").json().at("variables"), "ARM_CLIENT_SECRET") == marker);
}

BOOST_AUTO_TEST_CASE(a_google_key_is_taken_whole_or_by_its_members) {
  const json::object key{{"type", "service_account"},
                         {"project_id", "project-7"},
                         {"private_key", marker},
                         {"client_email", "a@b.iam.example"},
                         {"token_uri", "https://oauth2.example/token"}};
  const auto check = [this] {
    const auto variables = http.get("/v1/resolve?csp=GoogleCloudPlatform").json().at("variables");
    BOOST_TEST(text_at(variables, "GOOGLE_PROJECT") == "project-7");
    BOOST_TEST(text_at(json::parse(text_at(variables, "GOOGLE_CREDENTIALS")), "private_key") == marker);
  };
  const auto whole =
      credential("GoogleCloudPlatform", "default", "SERVICE_ACCOUNT_KEY", {{"GOOGLE_CREDENTIALS", text(key)}});
  BOOST_TEST(http.post(users, text(whole)).status == 204);
  check();
  BOOST_TEST(http.remove("/v1/credentials?all=true").status == 200);
  BOOST_TEST(
      http.post(users, text({{"csp", "GoogleCloudPlatform"}, {"name", "SERVICE_ACCOUNT_KEY"}, {"credentials", key}}))
          .status == 204);
  check();

  auto wrong = key;
  wrong["type"] = "authorized_user";
  const auto refused = http.post(users, text(credential("GoogleCloudPlatform", "default", "SERVICE_ACCOUNT_KEY",
                                                        {{"GOOGLE_CREDENTIALS", text(wrong)}})));
  BOOST_TEST(refused.status / 100 == 4);
  BOOST_TEST(contains(refused.details(), "service_account"));
  BOOST_TEST(!contains(refused.body, marker));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xpanse_contract_test
