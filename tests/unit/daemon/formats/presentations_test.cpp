// The forms of what a request presents. That real readers take them back is tests/clients' part.
#include "formats/presentations.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "credcache/credential_service.hpp"
#include "formats/output_format.hpp"
#include "formats/resolve_writer.hpp"

namespace presentations_test {

using namespace credcached;

namespace {

constexpr std::string_view definition_text = R"(
csp: Epsilon
constant: EPSILON
sites: [default]
credentials:
  - type: http_authentication
    name: ACCOUNT
    description: A name and a password.
    authentication: {scheme: basic, username: E_USER, password: E_PASSWORD, hosts: [a.example, 'b.example:8443', '[::1]:80']}
    variables:
      - {name: E_USER, description: The name.}
      - {name: E_PASSWORD, description: The password., sensitive: true}
  - type: api_key
    name: HEADER
    description: A key.
    authentication: {scheme: apiKey, in: header, name: X-Key, key: E_HEADER, hosts: [a.example]}
    variables:
      - {name: E_HEADER, description: The key., sensitive: true}
  - type: api_key
    name: COOKIE
    description: A key.
    authentication: {scheme: apiKey, in: cookie, name: session, key: E_COOKIE, hosts: [a.example]}
    variables:
      - {name: E_COOKIE, description: The key., sensitive: true}
  - type: api_key
    name: QUERY
    description: A key.
    authentication: {scheme: apiKey, in: query, name: key, key: E_QUERY, hosts: [a.example]}
    variables:
      - {name: E_QUERY, description: The key., sensitive: true}
)";

/// What a format makes of values, or "refused: NAME".
std::string written(std::string_view format_name, std::string_view definition,
                    const std::vector<std::pair<std::string, std::string>>& values) {
  const credcache::definition_file file{"x.yaml", std::string(definition_text)};
  const auto catalog = credcache::provider_catalog::load({&file, 1});
  const auto key = std::make_shared<const credcache::master_key>(credcache::master_key::random());
  const auto given = std::make_shared<credcache::sealed_values>(key);
  for (const auto& [name, value] : values) given->put(name, value);
  std::vector<std::unique_ptr<credcache::value_source>> sources;
  sources.push_back(std::make_unique<credcache::sealed_source>(credcache::value_origin::environment, given));
  credcache::credential_service service(std::make_shared<credcache::credential_cache>(), key, catalog,
                                        std::move(sources));
  credcache::resolve_request request;
  request.csp = catalog->find_csp("Epsilon");
  request.type =
      definition == "ACCOUNT" ? credcache::credential_type::http_authentication : credcache::credential_type::api_key;
  request.name = definition;
  const credcache::owner alice{credcache::owner_kind::user, "alice"};
  credcache::resolution resolved;
  service.resolve(alice, request, credcache::now(), resolved).value();
  const auto presented = std::move(credcache::present(resolved)).value();
  credcache::secret_buffer out;
  formats::resolve_writer writer(*catalog);
  const auto without_form =
      writer.write(out, *formats::find_output_format(format_name), resolved, alice, credcache::now(), presented);
  return without_form.empty() ? std::string(out.reveal()) : "refused: " + std::string(without_form.front());
}

std::string account(std::string_view format, const char* user, const char* password) {
  return written(format, "ACCOUNT", {{"E_USER", user}, {"E_PASSWORD", password}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(presentation_formats)

BOOST_AUTO_TEST_CASE(a_header_line) {
  BOOST_TEST(account("header", "aladdin", "open sesame") == "Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\n");
  BOOST_TEST(written("header", "HEADER", {{"E_HEADER", "a \"b\""}}) == "X-Key: a \"b\"\n");
  BOOST_TEST(written("header", "COOKIE", {{"E_COOKIE", "abc"}}) == "Cookie: session=abc\n");
  BOOST_TEST(written("header", "QUERY", {{"E_QUERY", "abc"}}) == "refused: E_QUERY");
}

BOOST_AUTO_TEST_CASE(a_line_of_curls_configuration) {
  BOOST_TEST(account("curl", "aladdin", "open sesame") ==
             "header = \"Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\"\n");
  BOOST_TEST(written("curl", "HEADER", {{"E_HEADER", "a \"b\\c"}}) == "header = \"X-Key: a \\\"b\\\\c\"\n");
  BOOST_TEST(written("curl", "COOKIE", {{"E_COOKIE", "abc"}}) == "cookie = \"session=abc\"\n");
  BOOST_TEST(written("curl", "QUERY", {{"E_QUERY", "abc"}}) == "refused: E_QUERY");
}

BOOST_AUTO_TEST_CASE(lines_of_netrc) {
  BOOST_TEST(account("netrc", "user", "pass:word") ==
             "machine a.example login user password pass:word\nmachine b.example login user password pass:word\n"
             "machine [::1] login user password pass:word\n");
  for (const auto* password : {"open sesame", "a\"b", "a'b", "a\\b", "a#b", "\xc3\xa4", "a\tb"})
    BOOST_TEST(
        account("netrc", "user", password == std::string_view("a\tb") ? "us er" : password) == "refused: E_PASSWORD",
        password);
  BOOST_TEST(written("netrc", "HEADER", {{"E_HEADER", "abc"}}) == "refused: E_HEADER");
}

BOOST_AUTO_TEST_CASE(json_says_it_as_well) {
  const auto text = account("json", "aladdin", "open sesame");
  BOOST_TEST(
      text.ends_with(
          R"(,"authentication":{"header":"Authorization","value":"Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==","hosts":["a.example","b.example:8443","[::1]:80"]}})"),
      text);
  BOOST_TEST(written("json", "QUERY", {{"E_QUERY", "a\"b"}})
                 .ends_with(R"(,"authentication":{"query":"key","value":"a\"b","hosts":["a.example"]}})"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace presentations_test
