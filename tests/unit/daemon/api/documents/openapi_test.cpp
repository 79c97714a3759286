// The documents about the API: the contract against the tables of routes, errors, formats and origins, the documents of
// every csp and type, the links to them.
#include <cryptopp/base64.h>
#include <cryptopp/filters.h>
#include <cryptopp/sha.h>

#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "api/documents/assets.hpp"
#include "api/documents/base_url.hpp"
#include "api/documents/credential_document.hpp"
#include "api/error.hpp"
#include "api/routes.hpp"
#include "credcache/value_origin.hpp"
#include "credcache/version.hpp"
#include "formats/output_format.hpp"

namespace openapi_test {

using namespace credcached;
using namespace credcached::api;
namespace json = boost::json;

namespace {

const credcache::provider_catalog& built_in() {
  static const auto catalog = credcache::provider_catalog::load(credcache::built_in_definitions());
  return *catalog;
}

// A definition of a cloud whose texts are as nasty as the file format lets them be.
std::shared_ptr<const credcache::provider_catalog> nasty() {
  const credcache::definition_file file{"10-nasty.yaml", R"(csp: my_cloud-1
constant: MY_CLOUD_1
sites: ["it's <here>", other]
credentials:
  - type: http_authentication
    name: "A<b>&\"c\" d'"
    description: "</style><script>alert(1)</script>"
    variables:
      - name: TOKEN
        description: "<img src=x onerror=alert(1)>"
        sensitive: true
        aliases: ["a<i>", shared]
        pattern: "[<>]+"
      - name: SECOND
        description: The second.
        mandatory: false
        aliases: [shared]
  - type: http_authentication
    name: "A-b-&\"c\" d'"
    description: Another one whose name differs in two characters.
    variables:
      - name: OTHER
        description: The only one.
)"};
  return credcache::provider_catalog::load({}, {&file, 1});
}

std::string name_of(http::verb method) {
  std::string name(boost::beast::http::to_string(method));
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

std::set<std::string> operations_of(const json::value& document) {
  const std::set<std::string> methods{"get", "put", "post", "delete", "options", "head", "patch", "trace"};
  std::set<std::string> found;
  for (const auto& [path, item] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : item.as_object()) {
      if (!methods.contains(std::string(method))) continue;
      found.insert(std::string(method) + " " + std::string(path) + " " +
                   std::string(operation.at("operationId").as_string()));
    }
  }
  return found;
}

void check_references(const json::value& document, const json::value& part) {
  if (part.is_array()) {
    for (const auto& item : part.as_array()) check_references(document, item);
  } else if (part.is_object()) {
    for (const auto& [name, member] : part.as_object()) {
      if (name == "$ref") {
        boost::system::error_code error;
        const std::string target(member.as_string());
        BOOST_TEST_CONTEXT(target) BOOST_TEST((document.find_pointer(target.substr(1), error) != nullptr));
      }
      check_references(document, member);
    }
  }
}

/// What `part` refers to, or itself.
const json::value& target_of(const json::value& document, const json::value& part) {
  const auto* const reference = part.as_object().if_contains("$ref");
  return reference == nullptr ? part : document.at_pointer(std::string(reference->as_string()).substr(1));
}

std::set<std::string> keys_of(const json::value& object) {
  std::set<std::string> keys;
  for (const auto& member : object.as_object()) keys.emplace(member.key());
  return keys;
}

std::vector<std::string> texts_of(const json::value& list) {
  std::vector<std::string> texts;
  for (const auto& item : list.as_array()) texts.emplace_back(item.as_string());
  return texts;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

/// The names in braces.
std::set<std::string> parameters_in(std::string_view path) {
  std::set<std::string> names;
  for (auto open = path.find('{'); open != path.npos; open = path.find('{', open + 1))
    names.emplace(path.substr(open + 1, path.find('}', open) - open - 1));
  return names;
}

std::string openapi_of(const credential_document& document) {
  credcache::secret_buffer out;
  write_credential_openapi(out, document);
  return std::string(out.reveal());
}

std::string page_of(const credential_document& document) {
  credcache::secret_buffer out;
  write_credential_page(out, document, "/tmp/a b/socket");
  return std::string(out.reveal());
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string base_url(std::initializer_list<http::name_value> fields, bool trust_proxy = true) {
  http::request r;
  for (const auto& f : fields) BOOST_REQUIRE(r.add_field(f.name, f.value));
  return base_url_of(r, trust_proxy);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(openapi)

BOOST_AUTO_TEST_CASE(the_contract_has_every_route_and_no_other) {
  const json::value document = json::parse(openapi_contract());
  std::set<std::string> expected;
  for (const route& r : routes()) {
    BOOST_TEST(expected.insert(name_of(r.method) + " " + std::string(r.path) + " " + std::string(r.operation)).second);
  }
  const auto found = operations_of(document);
  BOOST_TEST(found == expected, boost::test_tools::per_element());
  BOOST_TEST(document.at("openapi").as_string() == "3.1.0");
  BOOST_TEST(document.at("info").at("version").as_string() == CREDCACHE_VERSION_STRING);
  check_references(document, document);
}

BOOST_AUTO_TEST_CASE(operations_take_what_their_route_takes) {
  const json::value document = json::parse(openapi_contract());
  for (const route& r : routes()) {
    BOOST_TEST_CONTEXT(r.operation) {
      const auto& operation = document.at("paths").at(r.path).at(name_of(r.method)).as_object();
      std::set<std::string> body_types;
      if (const auto* const body = operation.if_contains("requestBody"))
        body_types = keys_of(target_of(document, *body).at("content"));
      const std::set<std::string> expected_types = {std::string(r.group->body_type)};
      BOOST_TEST(body_types == (r.has_body ? expected_types : std::set<std::string>{}),
                 boost::test_tools::per_element());

      std::set<std::string> path_parameters, query_parameters, expected_in_query;
      if (const auto* const parameters = operation.if_contains("parameters")) {
        for (const auto& item : parameters->as_array()) {
          const json::value& parameter = target_of(document, item);
          const std::string name(parameter.at("name").as_string());
          if (parameter.at("in").as_string() == "query") query_parameters.insert(name);
          if (parameter.at("in").as_string() != "path") continue;
          BOOST_TEST(parameter.at("required").as_bool());
          path_parameters.insert(name);
        }
      }
      BOOST_TEST(path_parameters == parameters_in(r.path), boost::test_tools::per_element());

      for (const std::string_view name : r.parameters) expected_in_query.emplace(name);
      expected_in_query.erase("");
      if (r.owner == owner_source::any) expected_in_query.insert({"user", "isv"});
      BOOST_TEST(query_parameters == expected_in_query, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(operations_say_whose_credentials_they_are_about_and_what_they_may_answer) {
  const json::value document = json::parse(openapi_contract());
  for (const route& r : routes()) {
    BOOST_TEST_CONTEXT(r.operation) {
      const auto& operation = document.at("paths").at(r.path).at(name_of(r.method)).as_object();
      const std::string text = json::serialize(operation);
      BOOST_TEST(contains(text, "/UserHeader\"") == (r.owner == owner_source::user || r.owner == owner_source::any));
      BOOST_TEST(contains(text, "/IsvHeader\"") == (r.owner == owner_source::isv || r.owner == owner_source::any));
      const auto& responses = operation.at("responses").as_object();
      for (const auto* status : {"401", "403", "429", "default"}) BOOST_TEST(responses.contains(status));
      for (const auto* status : {"413", "415", "503"})
        if (r.has_body) BOOST_TEST_CONTEXT(status) BOOST_TEST(responses.contains(status));
      BOOST_TEST(responses.contains("504") == (r.handle.waiting != nullptr));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_contract_has_the_rows_of_the_tables_and_no_others) {
  const json::value document = json::parse(openapi_contract());
  const json::value& schemas = document.at_pointer("/components/schemas");
  std::vector<std::string> expected;
  for (std::size_t kind = 0; kind < error_kinds; ++kind)
    expected.emplace_back(row_of(static_cast<error_kind>(kind)).error_type);
  BOOST_TEST(sorted(texts_of(schemas.at_pointer("/Problem/properties/errorType/enum"))) == sorted(expected),
             boost::test_tools::per_element());

  expected.clear();
  std::vector<std::string> media_types;
  for (const auto& format : formats::output_formats()) {
    expected.emplace_back(format.name);
    media_types.emplace_back(format.content_type.substr(0, format.content_type.find(';')));
  }
  const json::value& format = document.at_pointer("/components/parameters/Format/schema");
  BOOST_TEST(texts_of(format.at("enum")) == expected, boost::test_tools::per_element());
  BOOST_TEST(std::string(format.at("default").as_string()) == expected.front());
  const auto answered = keys_of(document.at_pointer("/components/responses/Resolved/content"));
  BOOST_TEST(std::vector(answered.begin(), answered.end()) == sorted(media_types), boost::test_tools::per_element());

  expected.clear();
  for (std::size_t origin = 0; origin < credcache::value_origin::other; ++origin)
    expected.emplace_back(to_string(static_cast<credcache::value_origin::kind_type>(origin)));
  BOOST_TEST(
      texts_of(schemas.at_pointer("/ExplainedCandidate/properties/variables/items/properties/source/enum")) == expected,
      boost::test_tools::per_element());
  expected.erase(expected.begin());  // a value that is missing is not handed out
  BOOST_TEST(texts_of(schemas.at_pointer("/Source/enum")) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(documents_are_found_by_name_in_any_case) {
  const auto found = find_credential_document("HuaweiCloud_variables_credentialApi.html", built_in());
  BOOST_REQUIRE(found);
  BOOST_TEST(found->csp->name == "HuaweiCloud");
  BOOST_TEST((found->form == document_form::page));
  BOOST_TEST(found->name() == "HuaweiCloud_variables_credentialApi.html");
  for (const auto* name : {"HUAWEI_CLOUD_VARIABLES_credentialApi.json", "huaweicloud_Variables_credentialApi.json"}) {
    const auto same = find_credential_document(name, built_in());
    BOOST_REQUIRE(same);
    BOOST_TEST(same->name() == "HuaweiCloud_variables_credentialApi.json");
  }
  const auto catalog = nasty();
  for (const auto* name :
       {"my_cloud-1_http_authentication_credentialApi.html", "MY_CLOUD_1_HTTP_AUTHENTICATION_credentialApi.html"})
    BOOST_TEST(find_credential_document(name, *catalog).has_value());
  for (const auto* name :
       {"", "_", "x", "aws.json", "aws_variables", "aws_variables_credentialApi", "aws_variables_credentialApi.htm",
        "aws_api_key_credentialApi.html", "aws_nosuch_credentialApi.html", "nosuch_variables_credentialApi.html",
        "_variables_credentialApi.html", "awsvariables_credentialApi.html", "aws__variables_credentialApi.html"})
    BOOST_TEST_CONTEXT(name) BOOST_TEST(!find_credential_document(name, built_in()).has_value());
}

BOOST_AUTO_TEST_CASE(every_definition_has_its_two_documents) {
  for (const auto& csp : built_in().csps()) {
    for (const auto type : csp.types()) {
      const credential_document described{&csp, type, document_form::openapi};
      BOOST_TEST_CONTEXT(described.name()) {
        const auto text = openapi_of(described);
        const json::value document = json::parse(text);
        check_references(document, document);
        const std::set<std::string> expected{"post /xpanse/user/credentials addUserCloudCredential",
                                             "put /xpanse/user/credentials updateUserCloudCredential",
                                             "post /xpanse/isv/credentials addIsvCloudCredential",
                                             "put /xpanse/isv/credentials updateIsvCloudCredential"};
        BOOST_TEST(operations_of(document) == expected, boost::test_tools::per_element());
        const auto page = page_of(described);
        BOOST_TEST(!contains(page, "<script"));
        for (const auto* definition : described.definitions()) {
          const json::value body = json::parse(example_body(csp, *definition));
          BOOST_TEST(body.at("name").as_string() == definition->name);
          for (const auto& variable : definition->variables) {
            BOOST_TEST(contains(text, "\"" + variable.name + "\""));
            BOOST_TEST(contains(page, ">" + variable.name + "<"));
            std::string why;
            if (variable.json) BOOST_TEST(variable.accepts(example_value(variable), why), why);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_document_of_a_csp_spells_out_every_choice) {
  const json::value document = json::parse(
      openapi_of({built_in().find_csp("HuaweiCloud"), credcache::credential_type::variables, document_form::openapi}));
  const auto& body = document.at_pointer("/components/schemas/AK_SK/properties");
  BOOST_TEST(json::serialize(body.at("csp")) == R"({"type":"string","const":"HuaweiCloud"})");
  BOOST_TEST(json::serialize(body.at("site")) ==
             R"({"type":"string","enum":["International","Chinese Mainland","Europe"]})");
  const auto& secret = body.at_pointer("/variables/items/anyOf/1/properties");
  BOOST_TEST(json::serialize(secret.at("name")) == R"({"type":"string","enum":["HW_SECRET_KEY"]})");
  BOOST_TEST(secret.at("value").at("format").as_string() == "password");
  BOOST_TEST(secret.at("value").at("writeOnly").as_bool());
}

BOOST_AUTO_TEST_CASE(texts_of_a_definition_are_escaped) {
  const auto catalog = nasty();
  const credential_document described{catalog->find_csp("my_cloud-1"), credcache::credential_type::http_authentication,
                                      document_form::page};
  const auto page = page_of(described);
  for (const auto* raw : {"<script", "<img", "<b>", "<i>", "it's <here>"})
    BOOST_TEST_CONTEXT(raw) BOOST_TEST(!contains(page, raw));
  BOOST_TEST(contains(page, "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
  // As words of a shell, too.
  BOOST_TEST(contains(page, "--site &#39;it&#39;\\&#39;&#39;s &lt;here&gt;&#39;"));
  BOOST_TEST(contains(page, "--unix-socket &#39;/tmp/a b/socket&#39;"));

  const json::value document = json::parse(openapi_of(described));
  check_references(document, document);
  BOOST_TEST(document.at("components").at("schemas").as_object().contains("A_b___c__d_"));
  BOOST_TEST(document.at("components").at("schemas").as_object().size() == 3U);
}

BOOST_AUTO_TEST_CASE(the_policy_of_the_page_allows_its_style) {
  std::string hash;
  const std::string style(credential_page_style());
  BOOST_TEST(!contains(style, "<"));
  CryptoPP::SHA256 sha256;
  const CryptoPP::StringSource pump(
      style, true,
      new CryptoPP::HashFilter(sha256, new CryptoPP::Base64Encoder(new CryptoPP::StringSink(hash), false)));
  BOOST_TEST("sha256-" + hash == credential_page_style_hash, "credential_page_style_hash has to be sha256-" << hash);
  const credential_document described{&built_in().csps().front(), credcache::credential_type::variables,
                                      document_form::page};
  const auto page = page_of(described);
  BOOST_TEST(contains(page, "<style>" + style + "</style>"));
  BOOST_TEST(!contains(page, "style="));
}

BOOST_AUTO_TEST_CASE(links_begin_with_the_host_that_was_asked) {
  BOOST_TEST(base_url({}) == "http://localhost");
  for (const auto* host : {"cloud.example", "cloud.example:8080", "127.0.0.1:1", "[::1]", "[::1]:8200", "my_host"})
    BOOST_TEST(base_url({{"Host", host}}) == "http://" + std::string(host));
  for (const auto* host :
       {"",    "a b",   "a/b",    "user@host", "host:", "host:0", "host:65536", "host:x", "[::1",       "[]",
        "::1", "[::g]", "[::1]8", "\"",        "<b>",   "a\\b",   "a?b",        "a#b",    "host:80:80", "b\xc3\xbc"})
    BOOST_TEST_CONTEXT(host) BOOST_TEST(base_url({{"Host", host}}) == "http://localhost");
  BOOST_TEST(base_url({{"Host", std::string(256, 'a')}}) == "http://localhost");
}

BOOST_AUTO_TEST_CASE(a_trusted_proxy_says_where_it_is) {
  const http::name_value host{"Host", "localhost:8200"};
  BOOST_TEST(base_url({host, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "portal.example"}}) ==
             "https://portal.example");
  BOOST_TEST(base_url({host,
                       {"X-Forwarded-Proto", "https, http"},
                       {"X-Forwarded-Host", " portal.example , inner"},
                       {"X-Forwarded-Port", "8443,80"},
                       {"X-Forwarded-Prefix", "/vault/"}}) == "https://portal.example:8443/vault");
  BOOST_TEST(base_url({host, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Port", "443"}}) == "https://localhost");
  BOOST_TEST(base_url({host, {"X-Forwarded-Host", "portal.example:81"}}) == "http://portal.example:81");
  BOOST_TEST(base_url({host, {"X-Forwarded-Host", "portal.example"}}, false) == "http://localhost:8200");
}

BOOST_AUTO_TEST_CASE(what_a_proxy_says_oddly_is_ignored) {
  const http::name_value host{"Host", "here"};
  for (const auto* proto : {"", "ftp", "HTTPS", "https://", "javascript", "http:"})
    BOOST_TEST(base_url({host, {"X-Forwarded-Proto", proto}}) == "http://here");
  for (const auto* forwarded : {"", ",", "evil/path", "a b", "x\"", "x:99999"})
    BOOST_TEST(base_url({host, {"X-Forwarded-Host", forwarded}}) == "http://here");
  for (const auto* port : {"", "0", "-1", "80a", "65536", "443443"})
    BOOST_TEST(base_url({host, {"X-Forwarded-Port", port}}) == "http://here");
  for (const auto* prefix :
       {"", "api", "//evil.example", "/a//b", "/a/../b", "/a?b", "/a b", "/<b>", "/%2e", "/\"", "/."})
    BOOST_TEST_CONTEXT(prefix) BOOST_TEST(base_url({host, {"X-Forwarded-Prefix", prefix}}) == "http://here");
  BOOST_TEST(base_url({host, {"X-Forwarded-Prefix", "/"}}) == "http://here");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace openapi_test
