#include "platform/tcp_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>

#include "base/system_text.hpp"
#include "base/unique_fd.hpp"

namespace credcached::platform {
namespace {

struct address {
  sockaddr_storage bytes{};
  socklen_t size = sizeof bytes;
  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&bytes); }
};

// The configuration has refused everything else already; here it is refused whoever the caller is.
address loopback(const config::listener& where) {
  address result;
  auto& v4 = reinterpret_cast<sockaddr_in&>(result.bytes);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(result.bytes);
  if (::inet_pton(AF_INET, where.host.c_str(), &v4.sin_addr) == 1 && (ntohl(v4.sin_addr.s_addr) >> 24U) == 127) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(where.port);
    result.size = sizeof v4;
    return result;
  }
  result = address{};
  if (::inet_pton(AF_INET6, where.host.c_str(), &v6.sin6_addr) == 1 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(where.port);
    result.size = sizeof v6;
    return result;
  }
  throw std::runtime_error("found TCP address \"" + where.host +
                           "\", expected a loopback one (127.0.0.1 or ::1): choose another --listen");
}

}  // namespace

int listen_tcp(const config::listener& where) {
  address target = loopback(where);
  const std::string name = where.host + " port " + std::to_string(where.port);
  credcache::unique_fd socket{::socket(target.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket) throw std::runtime_error("cannot make a TCP socket for " + name + ": " + credcache::errno_text());
  // Connections of the last run that wait for their end do not keep us from starting; a living listener does.
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), target.get(), target.size) != 0 || ::listen(socket.get(), SOMAXCONN) != 0)
    throw std::runtime_error("cannot listen on TCP " + name + ": " + credcache::errno_text() +
                             ": choose another --listen");
  return socket.release();
}

std::uint16_t bound_port(int fd) {
  address found;
  if (::getsockname(fd, found.get(), &found.size) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot ask for the port of a socket");
  if (found.bytes.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(found.bytes).sin_port);
  if (found.bytes.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(found.bytes).sin6_port);
  throw std::system_error(EAFNOSUPPORT, std::generic_category(), "cannot ask for the port of a socket");
}

}  // namespace credcached::platform
