#include "outgoing/courier_channel.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>

#include "base/system_text.hpp"
#include "base/unique_fd.hpp"
#include "base/user_namespace.hpp"
#include "outgoing/courier_process.hpp"

namespace credcached::outgoing {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view program_name = "credcached-courier";

std::string program_beside_this_one() {
  std::error_code error;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) throw std::runtime_error("found no path of this program, expected one: name outgoing.courier");
  return (own.parent_path() / program_name).string();
}

[[noreturn]] void cannot_connect(const std::string& path, const std::string& reason) {
  throw std::runtime_error(
      fmt::format("found no courier at {} ({}), expected the socket of credcached-courier.socket: start "
                  "that unit, or correct outgoing.courier",
                  path, reason));
}

// A Unix socket connects at once or not at all.
credcache::unique_fd connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) cannot_connect(path, credcache::errno_text(ENAMETOOLONG));
  path.copy(address.sun_path, path.size());
  credcache::unique_fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    cannot_connect(path, credcache::errno_text());
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || !credcache::is_own_or_root(peer.uid))
    cannot_connect(path, fmt::format("it belongs to uid {}, not to root or this daemon's user", peer.uid));
  return socket;
}

}  // namespace

courier_channel::courier_channel(const boost::asio::any_io_executor& executor, const std::string& courier)
    : socket_(executor) {
  credcache::unique_fd ours;
  if (courier.starts_with(unix_prefix)) {
    ours = connect_unix(courier.substr(unix_prefix.size()));
  } else {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
      throw std::runtime_error("found no socket pair for a courier (" + credcache::errno_text() + "), expected one");
    ours = credcache::unique_fd(pair[0]);
    const credcache::unique_fd theirs(pair[1]);
    process_ = courier_process::start(executor, courier.empty() ? program_beside_this_one() : courier, theirs.get());
  }
  socket_.assign(boost::asio::local::stream_protocol(), ours.get());
  static_cast<void>(ours.release());
}

courier_channel::~courier_channel() {
  if (process_) courier_process::end(std::move(process_));
}

}  // namespace credcached::outgoing
