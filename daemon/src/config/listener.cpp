#include "config/listener.hpp"

#include <fmt/format.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <cstdlib>

#include "base/text.hpp"

namespace credcached::config {

namespace {

constexpr std::string_view forms = "unix:/absolute/path or tcp:HOST:PORT such as tcp:127.0.0.1:8200";

[[noreturn]] void refuse(std::string_view found, std::string_view expected) {
  throw config_error(fmt::format("found {}, expected {}", credcache::shown(found), expected));
}

listener unix_listener(std::string_view path, std::string_view text) {
  constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  if (path.empty() || path.front() != '/') refuse(text, "an absolute path after unix:");
  if (path.size() > longest)
    refuse(text, fmt::format("a path of at most {} bytes, which is what a socket address holds", longest));
  listener result;
  result.path = path;
  return result;
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

listener tcp_listener(std::string_view rest, std::string_view text) {
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos) refuse(text, forms);
  std::string_view host = rest.substr(0, colon);
  const std::string_view port = rest.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    refuse(text, "an IPv6 address in brackets: tcp:[::1]:8200");
  }
  listener result;
  result.transport = listener::kind::tcp;
  result.host = host == "localhost" ? "127.0.0.1" : std::string(host);
  const auto number = credcache::whole_number<std::uint16_t>(port);
  if (!number) refuse(text, "a port from 0 to 65535 after the last colon");
  result.port = *number;
  if (!is_loopback(result.host))
    refuse(
        text,
        "a loopback address (127.0.0.1 or [::1]), because credentials would cross the network in plain text; put a TLS "
        "proxy or an SSH tunnel in front to reach it from elsewhere");
  return result;
}

}  // namespace

listener parse_listener(std::string_view text) {
  if (text.starts_with("unix:")) return unix_listener(text.substr(5), text);
  if (text.starts_with("tcp:")) return tcp_listener(text.substr(4), text);
  refuse(text, forms);
}

std::string to_string(const listener& address) {
  if (address.transport == listener::kind::unix_socket) return "unix:" + address.path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return "tcp:" + (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::string default_socket_path() {
  const auto set = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (auto path = set("CREDCACHED_SOCKET"); !path.empty()) return path;
  if (geteuid() == 0) return "/run/credcached/credcached.sock";
  // The XDG Base Directory Specification: "All paths … must be absolute. … consider the path invalid and ignore it."
  if (const auto folder = set("XDG_RUNTIME_DIR"); folder.starts_with('/'))
    return folder + "/credcached/credcached.sock";
  return "/tmp/credcached-" + std::to_string(geteuid()) + "/credcached.sock";
}

}  // namespace credcached::config
