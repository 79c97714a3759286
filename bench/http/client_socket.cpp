#include "client_socket.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace bench {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

union any_address {
  sockaddr general;
  sockaddr_un local;
  sockaddr_in internet;
};

socklen_t parse(const std::string& address, any_address& out) {
  out = {};
  if (address.starts_with("unix:")) {
    const auto path = address.substr(5);
    if (path.size() >= sizeof out.local.sun_path) throw std::invalid_argument("socket path too long: " + path);
    out.local.sun_family = AF_UNIX;
    std::memcpy(out.local.sun_path, path.c_str(), path.size() + 1);
    return sizeof out.local;
  }
  const std::string loopback = "tcp:127.0.0.1:";
  if (!address.starts_with(loopback))
    throw std::invalid_argument("address: unix:/path or tcp:127.0.0.1:PORT, not " + address);
  out.internet.sin_family = AF_INET;
  out.internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.internet.sin_port = htons(static_cast<std::uint16_t>(std::stoul(address.substr(loopback.size()))));
  return sizeof out.internet;
}

}  // namespace

client_socket::~client_socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

client_socket client_socket::try_connect(const std::string& address) {
  any_address target;
  const auto size = parse(address, target);
  client_socket made(::socket(target.general.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made.connected()) fail("socket");
  if (::connect(made.descriptor_, &target.general, size) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return {};
    fail("connect to " + address);
  }
  if (const int on = 1; target.general.sa_family == AF_INET)
    ::setsockopt(made.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

client_socket client_socket::connect(const std::string& address) {
  auto made = try_connect(address);
  if (!made.connected()) throw std::runtime_error("nobody listens on " + address);
  return made;
}

void client_socket::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void client_socket::receive(std::string& into) const {
  std::array<char, 16 * 1024> piece;
  ssize_t got = 0;
  do got = ::recv(descriptor_, piece.data(), piece.size(), 0);
  while (got < 0 && errno == EINTR);
  if (got < 0) fail("receive");
  if (got == 0)
    throw std::runtime_error("the server closed the connection after " + std::to_string(into.size()) +
                             " bytes of an answer");
  into.append(piece.data(), static_cast<std::size_t>(got));
}

}  // namespace bench
