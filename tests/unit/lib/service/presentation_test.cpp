// What a request presents of a joined credential, and that it is chosen by its host.
#include "credcache/presentation.hpp"

#include <boost/test/unit_test.hpp>

#include "service_fixture.hpp"

namespace presentation_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

constexpr const char* delta = R"(
csp: Delta
constant: DELTA
sites: [default]
credentials:
  - type: http_authentication
    name: ACCOUNT
    description: A name and a password.
    authentication: {scheme: basic, username: D_USER, password: D_PASSWORD, hosts: ['{D_HOST}', shared.example]}
    together: [[D_HOST, D_USER, D_PASSWORD]]
    variables:
      - {name: D_HOST, description: The host.}
      - {name: D_USER, description: The name.}
      - {name: D_PASSWORD, description: The password., sensitive: true}
  - type: api_key
    name: KEY
    description: A key.
    authentication: {scheme: apiKey, in: cookie, name: session, prefix: 'k=', key: D_KEY, hosts: [api.example:8443]}
    variables:
      - {name: D_KEY, description: The key., sensitive: true}
  - type: oauth2
    name: TOKEN
    description: A token.
    authentication: {scheme: bearer, token: D_TOKEN, hosts: [api.example]}
    variables:
      - {name: D_TOKEN, description: The token., sensitive: true}
)";

struct hosts : service_fixture {
  hosts() { configure({alpha, delta}); }

  std::string add_account(const std::string& profile, const char* host, const char* user = "aladdin",
                          const char* password = "open sesame") {
    return text_of(add({"Delta", "default", credential_type::http_authentication, "ACCOUNT", profile},
                       {{"D_HOST", host}, {"D_USER", user}, {"D_PASSWORD", password}}));
  }
  resolve_request asking_for(credential_type type, std::string_view host = {}) const {
    resolve_request request = asking("Delta");
    request.type = type;
    request.host = host;
    return request;
  }
  /// "header Authorization: value for a, b", or the error.
  std::string presented(const resolve_request& request) {
    resolution out;
    if (auto outcome = service.resolve(alice, request, at(), out); !outcome) return text_of(outcome.error());
    const auto made = present(out);
    if (!made) return text_of(made.error());
    if (made->how == nullptr) return "nothing";
    return std::string(to_string(made->how->in)) + " " + made->how->field + ": " + std::string(made->value.reveal()) +
           " for " + joined(made->hosts);
  }
  std::string presented(credential_type type) { return presented(asking_for(type)); }
  /// Of which profile, or the last line of the error.
  std::string chosen(std::string_view host) {
    const std::string text = resolve(asking_for(credential_type::http_authentication, host));
    const auto line = text.rfind(" | ");
    if (line != text.npos) return text.substr(line + 3);
    return text.substr(0, text.find(' '));
  }
};

constexpr auto http = credential_type::http_authentication;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(presentations, hosts)

BOOST_AUTO_TEST_CASE(each_scheme_has_its_form) {
  BOOST_TEST(add_account("", "https://git.example:8443/x") == "added");
  // The example of RFC 7617, 2.
  BOOST_TEST(presented(http) ==
             "header Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ== for git.example:8443, shared.example");
  *environment = {{"D_KEY", "abc"}, {"D_TOKEN", "mF_9.B5f-4.1JqM"}};
  BOOST_TEST(presented(credential_type::api_key) == "cookie session: k=abc for api.example:8443");
  BOOST_TEST(presented(credential_type::oauth2) == "header Authorization: Bearer mF_9.B5f-4.1JqM for api.example");
  BOOST_TEST(text_of(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", "s"}})) == "added");
  BOOST_TEST(presented(asking()) == "nothing");
}

BOOST_AUTO_TEST_CASE(what_a_request_cannot_carry_is_refused_without_being_shown) {
  BOOST_TEST(add_account("", "a", "us:er") == "added");
  BOOST_TEST(
      presented(http) ==
      "invalid_value: D_USER: found a colon or a control character, expected a user name without them (RFC 7617).");
  BOOST_TEST(add_account("", "a", "user", "s3cret\nX: y") == "replaced");
  BOOST_TEST(
      presented(http) ==
      "invalid_value: D_PASSWORD: found a control character, expected a value that fits into one line of a request.");
  BOOST_TEST(add_account("", "https://user@a/") == "replaced");
  BOOST_TEST(presented(http) == "invalid_value: D_HOST: found no host, expected HOST, HOST:PORT or a URL with one.");
}

BOOST_AUTO_TEST_CASE(a_host_is_given_its_own_credential_and_no_other) {
  BOOST_TEST(add_account("one", "one.example") == "added");
  BOOST_TEST(add_account("two", "two.example:8443") == "added");
  BOOST_TEST(chosen("") == "ACCOUNT@default/one[two]");
  BOOST_TEST(chosen("ONE.example") == "ACCOUNT@default/one");
  BOOST_TEST(chosen("one.example:80") == "ACCOUNT@default/one");
  BOOST_TEST(chosen("two.example:8443") == "ACCOUNT@default/two");
  BOOST_TEST(chosen("shared.example") == "ACCOUNT@default/one[two]");
  for (const auto* other : {"two.example", "example", "one.example.evil", "evil"})
    BOOST_TEST(chosen(other) == "No credential that could be meant is for the host \"" + std::string(other) + "\".");
  BOOST_TEST(add_account("", "none.example") == "added");
  BOOST_TEST(chosen("two.example:8443") == "ACCOUNT@default/two");
  BOOST_TEST(chosen("none.example") == "ACCOUNT@default");

  resolve_request named = asking_for(http, "two.example:8443");
  named.profile = "one";
  BOOST_TEST(resolve(named).starts_with("credentials_not_found: "));
  named.profile = {};
  named.several = several::refuse;  // the host leaves no choice
  BOOST_TEST(resolve(named).starts_with("ACCOUNT@default/two "));
  named.host = "shared.example";
  BOOST_TEST(resolve(named).starts_with("several_found: "));
}

BOOST_AUTO_TEST_CASE(other_sources_are_held_to_it_as_well) {
  *environment = {{"D_HOST", "env.example"}, {"D_USER", "u"}, {"D_PASSWORD", "p"}};
  BOOST_TEST(chosen("env.example") == "ACCOUNT@default");
  BOOST_TEST(chosen("evil") == "No credential that could be meant is for the host \"evil\".");
  // A host of the environment does not send a cached secret elsewhere.
  BOOST_TEST(text_of(add({"Delta", "default", http, "ACCOUNT", ""}, {{"D_USER", "u"}, {"D_PASSWORD", "p"}}))
                 .starts_with("variables_not_complete"));
}

BOOST_AUTO_TEST_CASE(who_is_not_handed_it_has_not_read_it) {
  BOOST_TEST(add_account("one", "one.example") == "added");
  BOOST_TEST(chosen("evil") == "No credential that could be meant is for the host \"evil\".");
  const auto listed = service.list(alice, at());
  BOOST_TEST(listed.value().front().reads == 0U);
  BOOST_TEST(chosen("one.example") == "ACCOUNT@default/one");
  BOOST_TEST(service.list(alice, at()).value().front().reads == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace presentation_test
