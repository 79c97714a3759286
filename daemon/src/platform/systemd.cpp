#include "platform/systemd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "base/system_text.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"

namespace credcached::platform {
namespace {

constexpr int first_descriptor = 3;

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

template <class Number>
std::optional<Number> number(const std::optional<std::string>& text) {
  return text ? credcache::whole_number<Number>(*text) : std::nullopt;
}

int option(int fd, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

// "" if it will do, else what was found.
std::string complaint(int fd) {
  if (::fcntl(fd, F_GETFD) < 0) return "a closed descriptor";
  if (option(fd, SO_TYPE) < 0) return "something that is not a socket";
  if (option(fd, SO_TYPE) != SOCK_STREAM) return "a socket that is not a stream";
  if (option(fd, SO_ACCEPTCONN) != 1) return "a socket that does not listen (Accept=yes?)";
  boost::asio::ip::tcp::endpoint address;  // of a Unix socket only the family is looked at
  auto size = static_cast<socklen_t>(address.capacity());
  if (::getsockname(fd, address.data(), &size) != 0) return "a socket without address";
  const auto family = address.data()->sa_family;
  const bool is_local =
      family == AF_UNIX || ((family == AF_INET || family == AF_INET6) && address.address().is_loopback());
  return is_local ? "" : "a socket that other machines can reach";
}

}  // namespace

std::vector<int> take_listen_sockets() {
  const auto pid = variable("LISTEN_PID");
  const auto count = variable("LISTEN_FDS");
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  if (!pid || !count || number<pid_t>(pid) != ::getpid()) return {};  // not set, or meant for our parent

  constexpr int most = 1024;  // more than any socket unit has; keeps a wrong number from a long loop
  const auto sockets = number<int>(count);
  if (!sockets || *sockets < 0 || *sockets > most)
    throw std::runtime_error("socket activation: found LISTEN_FDS=" + *count + ", expected a number up to 1024");
  std::vector<int> taken;
  for (int fd = first_descriptor; fd < first_descriptor + *sockets; ++fd) {
    if (const auto found = complaint(fd); !found.empty()) {
      throw std::runtime_error(
          "socket activation: descriptor " + std::to_string(fd) + ": found " + found +
          ", expected a listening stream socket, Unix or loopback: correct ListenStream= in the socket unit");
    }
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
      throw std::runtime_error("socket activation: descriptor " + std::to_string(fd) +
                               " cannot be set up: " + credcache::errno_text());
    taken.push_back(fd);
  }
  return taken;
}

void notify(std::string_view state) noexcept {
  const char* socket_name = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  const std::size_t length = socket_name == nullptr ? 0 : std::strlen(socket_name);
  if (length < 2 || length > sizeof address.sun_path || (*socket_name != '/' && *socket_name != '@')) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_name, length);
  if (*socket_name == '@') address.sun_path[0] = '\0';  // an abstract name

  const credcache::unique_fd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return;
  const timeval patience{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
           static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
}

std::optional<std::chrono::microseconds> watchdog_interval() {
  const auto interval = number<std::int64_t>(variable("WATCHDOG_USEC"));
  if (!interval || *interval <= 0) return std::nullopt;
  if (const auto pid = variable("WATCHDOG_PID"); pid && number<pid_t>(pid) != ::getpid()) return std::nullopt;
  return std::chrono::microseconds(*interval);
}

std::optional<std::string> credentials_directory() {
  auto folder = variable("CREDENTIALS_DIRECTORY");
  return folder && folder->front() == '/' ? folder : std::nullopt;
}

}  // namespace credcached::platform
