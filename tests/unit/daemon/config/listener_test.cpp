#include "config/listener.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace listener_test {

using namespace credcached::config;

BOOST_AUTO_TEST_SUITE(listeners)

BOOST_AUTO_TEST_CASE(reads_what_it_writes) {
  for (const char* text :
       {"unix:/run/credcached/credcached.sock", "tcp:127.0.0.1:8200", "tcp:127.9.9.9:0", "tcp:[::1]:65535"})
    BOOST_TEST(to_string(parse_listener(text)) == text);
  BOOST_TEST(to_string(parse_listener("tcp:localhost:8200")) == "tcp:127.0.0.1:8200");
}

BOOST_AUTO_TEST_CASE(says_what_it_expected) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "unix:/absolute/path or tcp:HOST:PORT"},
      {"/run/x.sock", "unix:/absolute/path or tcp:HOST:PORT"},
      {"unix:", "an absolute path"},
      {"unix:x.sock", "an absolute path"},
      {"unix:/" + std::string(107, 'x'), "at most 107 bytes"},
      {"tcp:8200", "tcp:HOST:PORT"},
      {"tcp:127.0.0.1:", "a port"},
      {"tcp:127.0.0.1:65536", "a port"},
      {"tcp:127.0.0.1:+1", "a port"},
      {"tcp:127.0.0.1:80x", "a port"},
      {"tcp:::1:80", "in brackets"},
      {"tcp:0.0.0.0:80", "a TLS proxy or an SSH tunnel"},
      {"tcp:[::]:80", "a TLS proxy or an SSH tunnel"},
      {"tcp:192.168.1.1:80", "a TLS proxy or an SSH tunnel"},
      {"tcp:[::ffff:127.0.0.1]:80", "a loopback address"},
      {"tcp:example.org:80", "a loopback address"},
      {"tcp::80", "a loopback address"},
  };
  for (const auto& [text, expected] : cases)
    BOOST_CHECK_EXCEPTION(static_cast<void>(parse_listener(text)), config_error, [&](const config_error& e) {
      const std::string_view what = e.what();
      BOOST_TEST_CONTEXT(what) BOOST_TEST(what.find(expected) != std::string_view::npos);
      return what.starts_with("found ");
    });
}

BOOST_AUTO_TEST_CASE(the_default_socket_can_be_named_by_the_environment) {
  ::setenv("CREDCACHED_SOCKET", "/somewhere/else.sock", 1);
  BOOST_TEST(default_socket_path() == "/somewhere/else.sock");
  ::unsetenv("CREDCACHED_SOCKET");
  if (::geteuid() == 0) BOOST_TEST(default_socket_path() == "/run/credcached/credcached.sock");
}

BOOST_AUTO_TEST_CASE(a_runtime_folder_that_is_not_absolute_is_none) {
  if (::geteuid() == 0 && ::seteuid(65534) != 0) return;
  const std::string own = "/tmp/credcached-" + std::to_string(::geteuid()) + "/credcached.sock";
  for (const auto* folder : {"relative", "./here", ""}) {
    ::setenv("XDG_RUNTIME_DIR", folder, 1);
    BOOST_TEST(default_socket_path() == own);
  }
  ::setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
  BOOST_TEST(default_socket_path() == "/run/user/1/credcached/credcached.sock");
  ::unsetenv("XDG_RUNTIME_DIR");
  if (::getuid() == 0) BOOST_TEST(::seteuid(0) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace listener_test
