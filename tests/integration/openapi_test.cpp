// The daemon answers what /openapi.json says and nothing else. That the document and the table of routes are the same is
// a unit test.
#include <algorithm>
#include <set>

#include "scenario.hpp"

namespace openapi_test {

using namespace credcached::testing;

namespace {

const std::set<std::string> methods{"get", "post", "put", "delete", "patch"};

/// `path` with its parameters filled in.
std::string example(std::string path) {
  for (const auto& [parameter, value] :
       {std::pair{"{csp}", "aws"}, {"{type}", "variables"}, {"{document}", "aws_variables_credentialApi.json"}}) {
    const auto begin = path.find(parameter);
    if (begin != std::string::npos) path.replace(begin, std::string_view(parameter).size(), value);
  }
  BOOST_TEST_REQUIRE(path.find('{') == std::string::npos, path << " has a parameter without an example here");
  return path;
}

struct documented : running_daemon {
  json::object document = http.get("/openapi.json").json().as_object();
  const json::object& paths = document.at("paths").as_object();
};

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(openapi, documented)

BOOST_AUTO_TEST_CASE(every_documented_path_answers_and_refuses_other_methods) {
  for (const auto& [path, item] : paths) {
    const auto target = example(path);
    for (const auto& method : methods) {
      const auto verb = upper_case(method);
      BOOST_TEST_CONTEXT(verb << " " << target) {
        const auto answer = http.request(verb, target, method == "get" || method == "delete" ? "" : "{}");
        BOOST_TEST((answer.status == 405) == !item.as_object().contains(method));
        BOOST_TEST(answer.error_type() != "Resource Not Found");
        if (answer.status != 405) continue;
        for (const auto& other : methods)
          BOOST_TEST(contains(answer.header("Allow"), upper_case(other)) == item.as_object().contains(other));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace openapi_test
