#include "server/listening_sockets.hpp"

#include "base/system_text.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <system_error>
#include <utility>

#include "config/listener.hpp"
#include "platform/peer_identity.hpp"
#include "platform/tcp_socket.hpp"

namespace credcached::server {
namespace {

using tcp_endpoint = boost::asio::ip::tcp::endpoint;
using unix_endpoint = boost::asio::local::stream_protocol::endpoint;

template <class Endpoint>
Endpoint local_endpoint(int fd) {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(fd, endpoint.data(), &size) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot ask for the address of a socket");
  endpoint.resize(size);
  return endpoint;
}

config::listener listener_of(int fd) {
  config::listener result;
  int family = AF_UNSPEC;
  socklen_t size = sizeof family;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
  if (family == AF_UNIX) {
    result.path = local_endpoint<unix_endpoint>(fd).path();
    if (result.path.starts_with('\0')) result.path.front() = '@';  // an abstract name, written as systemd does
  } else {
    const auto endpoint = local_endpoint<tcp_endpoint>(fd);
    result.transport = config::listener::kind::tcp;
    result.host = endpoint.address().to_string();
    result.port = endpoint.port();
  }
  return result;
}

// Without symbolic links: /var/run/x and /run/x are one socket. The file itself need not exist.
std::filesystem::path real_path(const std::string& path) {
  std::error_code error;
  auto resolved = std::filesystem::weakly_canonical(path, error);
  return error ? std::filesystem::path(path).lexically_normal() : resolved;
}

bool same_address(const config::listener& a, const config::listener& b) {
  if (a.transport != b.transport) return false;
  if (a.transport == config::listener::kind::unix_socket) return real_path(a.path) == real_path(b.path);
  using boost::asio::ip::make_address;
  return a.port == b.port && make_address(a.host) == make_address(b.host);
}

// The mode, owner and group of the socket's file that differ from those the entry asks for, as a warning; "" for none.
std::string differing_permissions(const config::listener& entry, const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return "";
  std::string found, expected;
  const auto differs = [&](const std::string& name, const std::string& is, const std::string& should) {
    found.append(found.empty() ? "" : ", ").append(name + " " + is);
    expected.append(expected.empty() ? "" : ", ").append(name + " " + should);
  };
  if ((file.st_mode & 07777U) != entry.mode)
    differs("mode", credcache::octal(file.st_mode), credcache::octal(entry.mode));
  if (entry.owner && platform::uid_of(*entry.owner) != file.st_uid)
    differs("owner", "uid " + std::to_string(file.st_uid), *entry.owner);
  if (entry.group && platform::gid_of(*entry.group) != file.st_gid)
    differs("group", "gid " + std::to_string(file.st_gid), *entry.group);
  if (found.empty()) return "";
  return config::to_string(entry) + " was handed over by systemd: found " + found + ", expected " + expected +
         " as configured. The socket unit decides: correct SocketMode=, SocketUser= or SocketGroup= there, or the "
         "entry "
         "under listen.";
}

void open_one(config::listener entry, listening_sockets& into) {
  if (entry.transport == config::listener::kind::tcp) {
    credcache::unique_fd opened(platform::listen_tcp(entry));
    entry.port = platform::bound_port(opened.get());
    into.sockets.push_back({std::move(opened), std::move(entry)});
  } else {
    into.bound.push_back(platform::listen_unix(entry));
    into.sockets.push_back({credcache::unique_fd(into.bound.back().release()), std::move(entry)});
  }
}

}  // namespace

listening_sockets open_listening_sockets(const std::vector<int>& handed_over,
                                         std::vector<config::listener> configured) {
  listening_sockets result;
  for (const int fd : handed_over) result.sockets.push_back({credcache::unique_fd(fd), {}});
  for (auto& socket : result.sockets) {
    socket.listener = listener_of(socket.descriptor.get());
    const auto entry = std::find_if(configured.begin(), configured.end(), [&](const config::listener& candidate) {
      return same_address(candidate, socket.listener);
    });
    if (entry == configured.end()) continue;
    if (auto warning = differing_permissions(*entry, socket.listener.path); !warning.empty())
      result.warnings.push_back(std::move(warning));
    socket.listener.trust_proxy = entry->trust_proxy;
    socket.listener.hosts = entry->hosts;
    configured.erase(entry);
  }
  if (result.sockets.empty() && configured.empty()) configured.emplace_back().path = config::default_socket_path();
  for (auto& entry : configured) open_one(std::move(entry), result);
  return result;
}

}  // namespace credcached::server
