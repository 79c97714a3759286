// How a definition says what a request presents, and which host is which.
#include "credcache/authentication.hpp"

#include <boost/test/unit_test.hpp>

#include "catalog/provider_catalog_yaml.hpp"
#include "credcache/provider_catalog.hpp"

namespace authentication_test {

using namespace credcache;

namespace {

std::string definition(std::string_view type, std::string_view how) {
  return "csp: One\nconstant: ONE\nsites: [default]\ncredentials:\n  - type: " + std::string(type) +
         "\n    name: KEY\n    description: A key.\n    authentication: " + std::string(how) +
         "\n    variables:\n"
         "      - {name: HOST, description: The host.}\n"
         "      - {name: USER, description: The user.}\n"
         "      - {name: SECRET, description: The secret., sensitive: true}\n"
         "      - {name: OPTION, description: An option., sensitive: true, mandatory: false}\n";
}

/// What the definition says, or what is wrong with it.
std::string read(std::string_view type, std::string_view how) {
  try {
    const auto csp = parse_definition({"x.yaml", definition(type, how)}).csp;
    const authentication& a = *csp.credentials.front().presented;
    std::string text = std::to_string(static_cast<int>(a.scheme)) + " " + std::to_string(a.username) + " " +
                       std::to_string(a.secret) + " " + std::string(to_string(a.in)) + " " + a.field + " '" + a.prefix +
                       "'";
    for (const auto& host : a.hosts) text += " " + host;
    return text;
  } catch (const catalog_error& e) {
    return e.what();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(authentications)

BOOST_AUTO_TEST_CASE(a_definition_says_what_is_presented) {
  BOOST_TEST(
      read("http_authentication", "{scheme: basic, username: USER, password: SECRET, hosts: ['{HOST}', a.b:8080]}") ==
      "0 1 2 header Authorization '' {HOST} a.b:8080");
  BOOST_TEST(read("api_key", "{scheme: bearer, token: SECRET, hosts: [api.example.org]}") ==
             "1 0 2 header Authorization '' api.example.org");
  BOOST_TEST(read("api_key", "{scheme: apiKey, in: query, name: key, key: SECRET, hosts: ['[::1]:80']}") ==
             "2 0 2 query key '' [::1]:80");
  BOOST_TEST(read("api_key", "{scheme: apiKey, in: header, name: X-Key, prefix: 'Token ', key: SECRET, hosts: [a]}") ==
             "2 0 2 header X-Key 'Token ' a");
  BOOST_TEST(read("oauth2", "{scheme: bearer, token: SECRET, hosts: [a]}") == "1 0 2 header Authorization '' a");
}

BOOST_AUTO_TEST_CASE(a_wrong_one_is_refused_with_its_place) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"api_key", "bearer", "x.yaml:8:21: found \"bearer\", expected a map with scheme: basic, bearer or apiKey"},
      {"api_key", "{token: SECRET, hosts: [a]}",
       "x.yaml:8:21: found a map, expected a map with scheme: basic, bearer or apiKey"},
      {"api_key", "{scheme: digest, token: SECRET, hosts: [a]}",
       "x.yaml:8:30: found \"digest\", expected one of basic, bearer, apiKey"},
      {"api_key", "{scheme: bearer, token: SECRET}",
       "x.yaml:8:21: found an authentication with scheme bearer without the key \"hosts\", expected it to have one"},
      {"api_key", "{scheme: bearer, token: SECRET, hosts: []}",
       "x.yaml:8:60: found an empty list, expected a list of at least one item"},
      {"api_key", "{scheme: bearer, token: NONE, hosts: [a]}",
       "x.yaml:8:45: found \"NONE\", expected the name of a mandatory variable of this credential"},
      {"api_key", "{scheme: bearer, token: OPTION, hosts: [a]}",
       "x.yaml:8:45: found \"OPTION\", expected the name of a mandatory variable of this credential"},
      {"api_key", "{scheme: bearer, token: USER, hosts: [a]}",
       "x.yaml:8:21: found \"USER\", which is not sensitive, expected a secret that is"},
      {"api_key", "{scheme: bearer, token: SECRET, hosts: ['https://a']}",
       "x.yaml:8:61: found \"https://a\", expected a host, with or without a port, or {NAME} with a mandatory variable "
       "of "
       "this credential"},
      {"api_key", "{scheme: bearer, token: SECRET, hosts: ['{OPTION}']}",
       "x.yaml:8:61: found \"{OPTION}\", expected a host, with or without a port, or {NAME} with a mandatory variable "
       "of "
       "this credential"},
      {"api_key", "{scheme: apiKey, in: body, name: X, key: SECRET, hosts: [a]}",
       "x.yaml:8:42: found \"body\", expected one of header, query, cookie"},
      {"api_key", "{scheme: apiKey, in: header, name: 'X Y', key: SECRET, hosts: [a]}",
       "x.yaml:8:56: found \"X Y\", expected a name of letters, digits and !#$%&'*+-.^_`|~"},
      {"api_key", "{scheme: basic, username: USER, password: SECRET, hosts: [a]}",
       "x.yaml:8:21: found basic for an api_key, expected bearer or apiKey"},
      {"http_authentication", "{scheme: bearer, token: SECRET, hosts: [a]}",
       "x.yaml:8:21: found another scheme for http_authentication, expected basic"},
  };
  for (const auto& [type, how, expected] : cases) BOOST_TEST_CONTEXT(how) BOOST_TEST(read(type, how) == expected);
}

BOOST_AUTO_TEST_CASE(a_host_is_a_name_or_an_address_with_or_without_a_port) {
  for (const auto* host : {"a", "a.b-c.d", "A_b", "127.0.0.1", "a:1", "a:65535", "[::1]", "[fe80::1]:443"})
    BOOST_TEST(is_host(host), host);
  for (const auto* text : {"", ":1", "a:", "a:b", "a:123456", "a b", "a/b", "user@a", "::1", "[]", "[::1", "[::1]x",
                           "a\n", "https://a", "\xc3\xa4.de"})
    BOOST_TEST(!is_host(text), text);
}

BOOST_AUTO_TEST_CASE(a_url_names_its_host) {
  const std::pair<const char*, const char*> cases[] = {{"a.b", "a.b"},
                                                       {"a.b:1", "a.b:1"},
                                                       {"https://a.b/c:d@e", "a.b"},
                                                       {"https://a.b:5000/v3?x#y", "a.b:5000"},
                                                       {"https://[::1]:80", "[::1]:80"},
                                                       {"https://user@a.b/", ""},
                                                       {"https://a.b\\@c/", ""},
                                                       {"https:///c", ""},
                                                       {"", ""}};
  for (const auto& [value, host] : cases) BOOST_TEST(host_in(value) == host, value);
}

BOOST_AUTO_TEST_CASE(a_host_without_a_port_is_for_all_of_them) {
  BOOST_TEST(is_same_host("A.b", "a.B"));
  BOOST_TEST(is_same_host("a.b", "a.b:443"));
  BOOST_TEST(is_same_host("a.b:443", "a.b:443"));
  BOOST_TEST(is_same_host("[::1]", "[::1]:80"));
  BOOST_TEST(!is_same_host("a.b:443", "a.b"));
  BOOST_TEST(!is_same_host("a.b:443", "a.b:8443"));
  BOOST_TEST(!is_same_host("b", "a.b"));
  BOOST_TEST(!is_same_host("a.b", "a.b.c"));
  BOOST_TEST(!is_same_host("a.b", ""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace authentication_test
