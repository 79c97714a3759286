#include "platform/tcp_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "base/system_text.hpp"
#include "base/unique_fd.hpp"

namespace credcached::platform {
namespace {

using endpoint = boost::asio::ip::tcp::endpoint;

// The configuration has refused everything else already; here it is refused whoever the caller is.
endpoint loopback(const config::listener& listener) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(listener.host, error);
  if (error || !address.is_loopback()) {
    throw std::runtime_error(
        fmt::format("found TCP address \"{}\", expected a loopback one (127.0.0.1 or ::1): choose another --listen",
                    listener.host));
  }
  return {address, listener.port};
}

}  // namespace

int listen_tcp(const config::listener& listener) {
  const endpoint target = loopback(listener);
  const std::string name = fmt::format("{} port {}", listener.host, listener.port);
  credcache::unique_fd socket{::socket(target.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket)
    throw std::runtime_error(fmt::format("cannot make a TCP socket for {}: {}", name, credcache::errno_text()));
  // Connections of the last run that wait for their end do not keep us from starting; a living listener does.
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), target.data(), static_cast<socklen_t>(target.size())) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0) {
    throw std::runtime_error(
        fmt::format("cannot listen on TCP {}: {}: choose another --listen", name, credcache::errno_text()));
  }
  return socket.release();
}

std::uint16_t bound_port(int fd) {
  endpoint found;
  auto size = static_cast<socklen_t>(found.capacity());
  int error = ::getsockname(fd, found.data(), &size) == 0 ? 0 : errno;
  if (error == 0 && found.data()->sa_family != AF_INET && found.data()->sa_family != AF_INET6) error = EAFNOSUPPORT;
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot ask for the port of a socket");
  return found.port();
}

}  // namespace credcached::platform
