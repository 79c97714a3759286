#include "platform/tcp_socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/unique_fd.hpp"
#include "platform_testing.hpp"

namespace tcp_socket_test {

using namespace credcached;
using namespace credcached::platform;
using namespace platform_testing;

namespace {

config::listener tcp(const std::string& host, std::uint16_t port = 0) {
  config::listener where;
  where.transport = config::listener::kind::tcp;
  where.host = host;
  where.port = port;
  return where;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_tcp_socket)

BOOST_AUTO_TEST_CASE(the_kernel_chooses_a_port_and_a_client_reaches_it) {
  const credcache::unique_fd listening{listen_tcp(tcp("127.0.0.1"))};
  const std::uint16_t port = bound_port(listening.get());
  BOOST_TEST(port != 0);
  BOOST_TEST((::fcntl(listening.get(), F_GETFD) & FD_CLOEXEC) != 0);
  BOOST_TEST((::fcntl(listening.get(), F_GETFL) & O_NONBLOCK) != 0);

  const credcache::unique_fd client{::socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BOOST_TEST(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

BOOST_AUTO_TEST_CASE(ipv6_loopback) {
  const credcache::unique_fd probe{::socket(AF_INET6, SOCK_STREAM, 0)};
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_addr = in6addr_loopback;
  if (!probe || ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0) {
    BOOST_TEST_MESSAGE("SKIP: this machine has no IPv6 loopback");
    return;
  }
  const credcache::unique_fd listening{listen_tcp(tcp("::1"))};
  BOOST_TEST(bound_port(listening.get()) != 0);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_refused) {
  const credcache::unique_fd first{listen_tcp(tcp("127.0.0.1"))};
  const auto port = bound_port(first.get());
  const std::string message = refusal([&] { credcache::unique_fd{listen_tcp(tcp("127.0.0.1", port))}; });
  BOOST_TEST(contains(message, "127.0.0.1 port " + std::to_string(port) + ": Address already in use"), message);
  BOOST_TEST(contains(message, "--listen"), message);
}

BOOST_AUTO_TEST_CASE(nothing_but_loopback) {
  for (const char* host :
       {"0.0.0.0", "192.0.2.1", "::", "2001:db8::1", "::ffff:127.0.0.1", "localhost", "", "127.0.0.1 "}) {
    const std::string message = refusal([&] { credcache::unique_fd{listen_tcp(tcp(host))}; });
    BOOST_TEST(contains(message, "expected a loopback one"), host << ": " << message);
  }
}

BOOST_AUTO_TEST_CASE(only_tcp_has_a_port) {
  const credcache::unique_fd local{::socket(AF_UNIX, SOCK_STREAM, 0)};
  BOOST_CHECK_THROW(static_cast<void>(bound_port(local.get())), std::system_error);
  BOOST_CHECK_THROW(static_cast<void>(bound_port(-1)), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tcp_socket_test
