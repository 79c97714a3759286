#include "config/load_outgoing.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "config/load_settings.hpp"

namespace load_outgoing_test {

using namespace credcached::config;

namespace {

outgoing parse(const std::string& text) {
  return parse_settings("outgoing:\n  " + text + "\n", "c.yaml").outgoing;
}

std::string refusal(const std::string& text) {
  try {
    static_cast<void>(parse(text));
    return "";
  } catch (const config_error& e) {
    return e.what();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loading_outgoing)

BOOST_AUTO_TEST_CASE(every_key) {
  const auto found = parse(
      "{enabled: true, courier: 'unix:/run/c.sock', ca: /ca.pem, proxy: 'http://p.example:3128', noProxy: [a, .b, "
      "10.0.0.0/8], "
      "allow: ['*'], allowPrivate: ['c:8443', '::1'], allowHttp: true}");
  BOOST_TEST(found.enabled);
  BOOST_TEST(found.courier == "unix:/run/c.sock");
  BOOST_TEST(found.ca == "/ca.pem");
  BOOST_TEST(found.proxy == "http://p.example:3128");
  BOOST_TEST((found.no_proxy == std::vector<std::string>{"a", ".b", "10.0.0.0/8"}));
  BOOST_TEST((found.allow == std::vector<std::string>{"*"}));
  BOOST_TEST((found.allow_private == std::vector<std::string>{"c:8443", "::1"}));
  BOOST_TEST(found.allow_http);
  BOOST_TEST(parse("courier: /usr/bin/credcached-courier").courier == "/usr/bin/credcached-courier");
  BOOST_TEST((parse("{courier: '', ca: '', proxy: ''}") == outgoing{}));
}

BOOST_AUTO_TEST_CASE(what_is_refused_and_where) {
  struct row {
    const char *text, *message;
  };
  const std::string long_path = "'/" + std::string(1'024, 'x') + "'";
  constexpr row table[] = {
      {"enabled: maybe", "c.yaml:2:12: found \"maybe\", expected true or false"},
      {"courier: courier.sock", "c.yaml:2:12: found \"courier.sock\", expected unix:/absolute/path"},
      {"courier: 'unix:c.sock'", "c.yaml:2:12: found \"unix:c.sock\", expected unix:/absolute/path"},
      {"courier: 'tcp:127.0.0.1:1'", "c.yaml:2:12: found \"tcp:127.0.0.1:1\", expected unix:/absolute/path"},
      {"ca: ca.pem", "c.yaml:2:7: found \"ca.pem\", expected the absolute path of a file or folder"},
      {"proxy: 'p:3128'", "c.yaml:2:10: found \"p:3128\", expected http://HOST:PORT"},
      {"proxy: 'https://p:3128'", "c.yaml:2:10: found \"https://p:3128\", expected http://HOST:PORT"},
      {"proxy: 'http://p'", "c.yaml:2:10: found \"http://p\", expected http://HOST:PORT"},
      {"proxy: 'http://u:SECRET@p:1'", "c.yaml:2:10: found a proxy with a user or password, expected http://HOST:PORT"},
      {"noProxy: [a, 'b c']", "c.yaml:2:16: found \"b c\", expected a host"},
      {"noProxy: a", "c.yaml:2:12: found"},
      {"allow: ['https://a']", "c.yaml:2:11: found \"https://a\", expected a host"},
      {"allowPrivate: [10.0.0.0/33]", "c.yaml:2:18: found \"10.0.0.0/33\", expected a host"},
      {"redirects: true", "c.yaml:2:3: found the unknown key \"redirects\", expected one of enabled, courier"},
  };
  for (const row& r : table) BOOST_TEST(refusal(r.text).starts_with(r.message), refusal(r.text));
  BOOST_TEST(refusal("ca: " + long_path) != "");
  BOOST_TEST(refusal("courier: 'unix:/" + std::string(107, 'x') + "'") != "");
  std::string many = "noProxy: [";
  for (int i = 0; i < 500; ++i) many += "host" + std::to_string(i) + ".example, ";
  BOOST_TEST(refusal(many + "a]").find("expected at most 4096") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace load_outgoing_test
