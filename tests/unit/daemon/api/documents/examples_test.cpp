// The examples of answers in /openapi.json are what the daemon answers to the requests below, but for the moments in them.
#include <boost/json.hpp>
#include <functional>
#include <map>
#include <regex>

#include "api/documents/assets.hpp"
#include "connection_scene.hpp"

namespace examples_test {

using namespace credcached;
using namespace credcached::testing;
namespace bj = boost::json;

namespace {

constexpr std::string_view aws_body =
    R"({"csp":"aws","credentials":{"AWS_ACCESS_KEY_ID":"…","AWS_SECRET_ACCESS_KEY":"…"},"timeToLive":120})";
constexpr std::string_view half_a_pair =
    R"({"csp":"HuaweiCloud","site":"International","type":"variables","name":"AK_SK",)"
    R"("variables":[{"name":"HW_ACCESS_KEY","value":"a"}]})";

constexpr std::string_view azure_without_subscription =
    R"({"csp":"azure","site":"default","type":"variables","name":"SERVICE_PRINCIPAL","variables":[)"
    R"({"name":"AZURE_CLIENT_ID","value":"c"},{"name":"AZURE_CLIENT_SECRET","value":"s"},)"
    R"({"name":"AZURE_TENANT_ID","value":"t"}]})";

struct documented_daemon : connection_scene {
  documented_daemon() {
    catalog = credcache::provider_catalog::load(credcache::built_in_definitions());
    imports({{"AWS_REGION", "eu-west-1"}});
  }
  /// What the environment has from now on.
  void imports(const std::map<std::string, std::string>& values) {
    environment = std::make_shared<credcache::sealed_values>(key);
    for (const auto& [name, value] : values) environment->put(name, value);
    pipeline->publish(make_configuration());
  }
  std::string ask_as_alice(std::string_view method, std::string_view target, std::string_view body = {}) {
    return ask(request_of("alice", method, target, body));
  }
  void add(std::string_view body) {
    BOOST_TEST_REQUIRE(ask_as_alice("POST", users, body).starts_with("HTTP/1.1 204 "));
  }
};

/// An example's JSON pointer, and how its answer comes about.
const std::map<std::string, std::function<std::string(documented_daemon&)>> provoked{
    {"/components/responses/Resolved/content/application~1json/examples/aws/value",
     [](documented_daemon& daemon) {
       daemon.add(aws_body);
       return daemon.ask_as_alice("GET", "/v1/resolve?csp=aws");
     }},
    {"/paths/~1v1~1explain/get/responses/200/content/application~1json/examples/joined/value",
     [](documented_daemon& daemon) {
       daemon.add(aws_body);
       return daemon.ask_as_alice("GET", "/v1/explain?csp=aws");
     }},
    {"/components/responses/NotStored/content/application~1json/examples/incomplete/value",
     [](documented_daemon& daemon) { return daemon.ask_as_alice("POST", daemon.users, half_a_pair); }},
    {"/components/responses/NotResolvable/content/application~1json/examples/incomplete/value",
     [](documented_daemon& daemon) {
       daemon.imports({{"AZURE_SUBSCRIPTION_ID", "u"}});
       daemon.add(azure_without_subscription);
       daemon.imports({});
       return daemon.ask_as_alice("GET", "/v1/resolve?csp=azure");
     }},
    {"/components/responses/NotHandedOut/content/application~1json/examples/soon/value",
     [](documented_daemon& daemon) {
       daemon.add(aws_body);
       return daemon.ask_as_alice("GET", "/v1/resolve?csp=aws&minTtl=40m");
     }},
};

std::string without_moments(const bj::value& answer) {
  static const std::regex moment(R"re((expires in |"remaining":|"expiresAt":")[0-9TZ:-]+( min)?( [0-9]+ s)?)re");
  return std::regex_replace(bj::serialize(answer), moment, "$1…");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(examples_of_the_contract)

BOOST_AUTO_TEST_CASE(are_what_the_daemon_answers) {
  const bj::value document = bj::parse(api::openapi_contract());
  for (const auto& [pointer, provoke] : provoked) {
    BOOST_TEST_CONTEXT(pointer) {
      documented_daemon daemon;
      const std::string answer = provoke(daemon);
      const bj::value answered = bj::parse(answer.substr(answer.find("\r\n\r\n") + 4));
      BOOST_TEST(without_moments(answered) == without_moments(document.at_pointer(pointer)));
    }
  }
}

BOOST_AUTO_TEST_CASE(are_all_provoked_here_where_they_are_of_errors) {
  const bj::value document = bj::parse(api::openapi_contract());
  for (const auto& [name, response] : document.at_pointer("/components/responses").as_object()) {
    boost::system::error_code none;
    const auto* const examples = response.find_pointer("/content/application~1json/examples", none);
    if (examples == nullptr) continue;
    for (const auto& [example, value] : examples->as_object()) {
      const std::string pointer = "/components/responses/" + std::string(name) +
                                  "/content/application~1json/examples/" + std::string(example) + "/value";
      BOOST_TEST_CONTEXT(pointer) BOOST_TEST(provoked.contains(pointer));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace examples_test
