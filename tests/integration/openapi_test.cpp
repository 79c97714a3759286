// /openapi.json and the daemon say the same: every operation is there, and nothing else is.
#include <algorithm>
#include <set>

#include "scenario.hpp"

using namespace credcached::testing;

namespace {

struct operation {
  const char *method, *path, *id;  ///< no id: section B gives none
};
constexpr operation operations[] = {
    {"get", "/xpanse/credential_types", "getCredentialTypes"},
    {"get", "/xpanse/credentials/capabilities", "getCredentialCapabilities"},
    {"get", "/xpanse/credentials/openapi/{csp}/{type}", "getCredentialOpenApi"},
    {"get", "/xpanse/csps/{csp}/sites", "getSitesOfCsp"},
    {"get", "/xpanse/csps/active", "getActiveCsps"},
    {"get", "/xpanse/user/credentials", "getUserCloudCredentials"},
    {"post", "/xpanse/user/credentials", "addUserCloudCredential"},
    {"put", "/xpanse/user/credentials", "updateUserCloudCredential"},
    {"delete", "/xpanse/user/credentials", "deleteUserCloudCredential"},
    {"get", "/xpanse/isv/credentials", "getIsvCloudCredentials"},
    {"post", "/xpanse/isv/credentials", "addIsvCloudCredential"},
    {"put", "/xpanse/isv/credentials", "updateIsvCloudCredential"},
    {"delete", "/xpanse/isv/credentials", "deleteIsvCloudCredential"},
    {"get", "/v1/resolve", ""},
    {"post", "/v1/resolve", ""},
    {"get", "/v1/explain", ""},
    {"get", "/v1/credentials", ""},
    {"delete", "/v1/credentials", ""},
    {"get", "/v1/status", ""},
    {"get", "/healthz", ""},
    {"get", "/readyz", ""},
    {"get", "/metrics", ""},
    {"get", "/openapi.json", ""},
};
const std::set<std::string> methods{"get", "post", "put", "delete", "patch"};

/// `path` with its parameters filled in.
std::string example(std::string path) {
  for (const auto& [parameter, value] : {std::pair{"{csp}", "aws"}, {"{type}", "variables"}, {"{Csp}", "aws"}}) {
    const auto at = path.find(parameter);
    if (at != std::string::npos) path.replace(at, std::string_view(parameter).size(), value);
  }
  return path.find('{') == std::string::npos ? path : "/openapi/aws_variables_credentialApi.json";
}

struct documented : running_daemon {
  json::object document = http.get("/openapi.json").json().as_object();
  const json::object& paths = document.at("paths").as_object();
};

void collect_references(const json::value& value, std::set<std::string>& into) {
  if (value.is_array()) {
    for (const auto& item : value.as_array()) collect_references(item, into);
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.as_object()) {
      if (name == "$ref") into.insert(text_at(value, "$ref"));
      collect_references(member, into);
    }
  }
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(openapi, documented)

BOOST_AUTO_TEST_CASE(every_operation_of_the_contract_is_documented) {
  BOOST_TEST(text_at(document, "openapi").starts_with("3.1"));
  BOOST_TEST(!text_at(document.at("info"), "version").empty());
  for (const auto& [method, path, id] : operations) {
    BOOST_TEST_CONTEXT(method << " " << path) {
      BOOST_TEST_REQUIRE(paths.contains(path));
      BOOST_TEST_REQUIRE(paths.at(path).as_object().contains(method));
      const auto& found = paths.at(path).at(method);
      if (*id != '\0') BOOST_TEST(text_at(found, "operationId") == id);
      BOOST_TEST(!found.at("responses").as_object().empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(operation_ids_are_there_once_each) {
  std::set<std::string> ids;
  for (const auto& [path, item] : paths)
    for (const auto& [method, found] : item.as_object())
      if (methods.contains(std::string(method))) BOOST_TEST(ids.insert(text_at(found, "operationId")).second);
  BOOST_TEST(ids.size() >= std::size(operations));
}

BOOST_AUTO_TEST_CASE(path_parameters_are_declared_and_references_lead_somewhere) {
  const json::value whole(document);
  const auto target = [&](const std::string& reference) {
    boost::system::error_code error;
    return reference.starts_with("#/") ? whole.find_pointer(reference.substr(1), error) : nullptr;
  };
  std::set<std::string> references;
  collect_references(whole, references);
  for (const auto& reference : references) BOOST_TEST((target(reference) != nullptr), reference);

  for (const auto& [path, item] : paths) {
    std::string declared = json::serialize(item);
    references.clear();
    collect_references(item, references);
    for (const auto& reference : references)
      if (const auto* found = target(reference)) declared += json::serialize(*found);
    for (auto open = path.find('{'); open != path.npos; open = path.find('{', open + 1)) {
      const std::string name(path.substr(open + 1, path.find('}', open) - open - 1));
      BOOST_TEST_CONTEXT(path << " " << name) BOOST_TEST(contains(declared, "\"name\":\"" + name + "\""));
    }
  }
}

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
