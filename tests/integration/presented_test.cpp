// Credentials that a request presents: for which host, in which form, and what the documents say of them.
#include "configured_daemon.hpp"

namespace presented_test {

using namespace credcached::testing;

namespace {

struct hosts : running_daemon {
  int add(const char* profile, const char* host, const char* password) {
    auto body =
        credential("Http", "default", "USERNAME_PASSWORD",
                   {{"HTTP_AUTH_HOST", host}, {"HTTP_AUTH_USERNAME", "alice"}, {"HTTP_AUTH_PASSWORD", password}});
    body["type"] = "http_authentication";
    body["profile"] = profile;
    return http.post("/v1/credentials", text(body)).status;
  }
  auto resolve(const std::string& parameters) { return http.get("/v1/resolve?csp=Http" + parameters); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presented, hosts)

BOOST_AUTO_TEST_CASE(a_host_gets_its_own_credential) {
  BOOST_TEST(add("git", "https://git.example/group", "of-git") == 200);
  BOOST_TEST(add("registry", "registry.example:5000", "of-registry") == 200);
  const auto git = resolve("&host=git.example").json();
  BOOST_TEST(text_at(git, "profile") == "git");
  BOOST_TEST(text(git.at("authentication")) ==
             R"({"header":"Authorization","value":"Basic YWxpY2U6b2YtZ2l0","hosts":["git.example"]})");
  BOOST_TEST(text_at(resolve("&host=https%3A%2F%2Fregistry.example%3A5000%2Fv2%2F").json(), "profile") == "registry");
  BOOST_TEST(text_at(http.post("/v1/resolve", R"({"csp":"Http","host":"registry.example:5000"})").json(), "profile") ==
             "registry");
  const auto lines = resolve("&host=git.example&format=netrc");
  BOOST_TEST(lines.body == "machine git.example login alice password of-git\n");
  BOOST_TEST(lines.header("Content-Type") == "text/x-netrc; charset=utf-8");
  BOOST_TEST(resolve("").json().as_object().contains("authentication"));
}

BOOST_AUTO_TEST_CASE(another_host_gets_nothing) {
  BOOST_TEST(add("git", "git.example", "of-git") == 200);
  for (const auto* host : {"evil.example", "git.example.evil", "example"}) {
    const auto answer = resolve("&host=" + std::string(host));
    check_problem(answer, 404, "Credentials Not Found");
    BOOST_TEST(contains(answer.body, "is for the host \\\"" + std::string(host) + "\\\""));
    BOOST_TEST(!contains(answer.body, "of-git"));
  }
  for (const auto* host : {"", "%20", "a%20b", "https%3A%2F%2Fuser%40git.example"})
    check_problem(resolve("&host=" + std::string(host)), 400, "Parameters Invalid");
  check_problem(http.post("/v1/resolve", R"({"csp":"Http","host":7})"), 400, "Parameters Invalid");
}

BOOST_AUTO_TEST_CASE(a_format_of_requests_is_for_nothing_else) {
  BOOST_TEST(http.post("/xpanse/user/credentials", text(aws())).status == 204);
  const auto refused = http.get("/v1/resolve?csp=aws&format=header");
  check_problem(refused, 400, "Parameters Invalid");
  BOOST_TEST(contains(refused.body,
                      "header is for credentials that a request presents, found ACCESS_KEY of the type variables"));
  check_problem(http.get("/v1/resolve?csp=aws&host=a"), 404, "Credentials Not Found");
}

BOOST_AUTO_TEST_CASE(a_token_of_a_cloud_has_both_types) {
  const auto token = [](const char* type) {
    auto body = credential("DigitalOcean", "default", "ACCESS_TOKEN", {{"DIGITALOCEAN_TOKEN", "dop_v1_x"}});
    body["type"] = type;
    return text(body);
  };
  BOOST_TEST(http.post("/xpanse/user/credentials", token("api_key")).status == 204);
  BOOST_TEST(http.get("/v1/resolve?csp=DigitalOcean").status == 404);  // variables come first everywhere
  const auto header = http.get("/v1/resolve?csp=DigitalOcean&type=api_key&format=header");
  BOOST_TEST(header.body == "Authorization: Bearer dop_v1_x\n");
  BOOST_TEST(text(http.get("/xpanse/credential_types?cspName=DigitalOcean").json()) == R"(["variables","api_key"])");
  const auto document = http.get("/openapi/DigitalOcean_api_key_credentialApi.json").json();
  BOOST_TEST(text(document.at_pointer("/components/securitySchemes/ACCESS_TOKEN/scheme")) == "\"bearer\"");
  const auto run =
      daemon.cli({"exec", "--csp", "DigitalOcean", "--type", "api_key", "--", "printenv", "DIGITALOCEAN_TOKEN"});
  BOOST_TEST(run.out == "dop_v1_x\n");
}

BOOST_AUTO_TEST_CASE(the_command_line_takes_a_csp_without_variables) {
  const auto added = daemon.cli(
      {"add", "--csp", "Http", "--name", "BEARER_TOKEN", "HTTP_AUTH_HOST=git.example", "HTTP_AUTH_TOKEN=-"}, "tok");
  BOOST_TEST(added.code == 0);
  const auto header =
      daemon.cli({"resolve", "--csp", "Http", "--name", "BEARER_TOKEN", "--host", "git.example", "--format", "header"});
  BOOST_TEST(header.out == "Authorization: Bearer tok\n");
  const auto unnamed = daemon.cli({"add", "--csp", "Http", "HTTP_AUTH_TOKEN=-"}, "tok");
  BOOST_TEST(unnamed.code == 2);
  BOOST_TEST(contains(unnamed.err, "USERNAME_PASSWORD, BEARER_TOKEN, X_API_KEY"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace presented_test
