#include "client/http_client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/system_text.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "base/user_namespace.hpp"
#include "client/path_makers.hpp"
#include "client/response_parser.hpp"

namespace credcached::client {

namespace {

/// The longest answer that is taken: an inventory of 1,024 credentials is far below it.
constexpr std::uint64_t longest_body = 64 << 20;

class connection {
 public:
  connection(const std::string& path, std::chrono::milliseconds timeout);

  /// False if the daemon stopped reading; it may have answered before (a body over the limit).
  bool send(std::string_view head, std::string_view body);
  void receive(response& into);

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw unreachable(fmt::format("the daemon at {} {}; look at its log, or ask it: credcached status", path_, reason));
  }
  void check_time() const {
    if (std::chrono::steady_clock::now() > deadline_) fail("did not answer in time");
  }

  const std::string& path_;
  std::chrono::steady_clock::time_point deadline_;
  credcache::unique_fd socket_;
};

[[noreturn]] void cannot_connect(const std::string& path, const std::string& reason, std::string_view hint) {
  throw unreachable(fmt::format("cannot connect to {}: {}; {}", path, reason, hint));
}

std::string_view hint_for(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "this user may not open the socket: its group and mode are set under listen in the configuration";
    case EAGAIN:
      return "the daemon is too busy to accept: try again";
    default:
      return "is the daemon running? start it with `credcached serve`, or name its socket with --socket";
  }
}

connection::connection(const std::string& path, std::chrono::milliseconds timeout)
    : path_(path), deadline_(std::chrono::steady_clock::now() + timeout) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    cannot_connect(path, credcache::errno_text(ENAMETOOLONG), "a socket's path has 1 to 107 bytes");
  path.copy(address.sun_path, path.size());
  socket_ = credcache::unique_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket_) cannot_connect(path, credcache::errno_text(), "no socket can be made");
  timeval time{};
  time.tv_sec = timeout.count() / 1000;
  time.tv_usec = timeout.count() % 1000 * 1000;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);  // connect() heeds it, too
  int result = 0;
  do {
    result = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (result < 0 && errno == EINTR);
  if (result < 0) {
    const int error = errno;
    cannot_connect(path, credcache::errno_text(error), hint_for(error));
  }
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known = ::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  if ((!known || !credcache::is_own_or_root(peer.uid)) && may_be_made_by_a_stranger(path)) {
    cannot_connect(
        path, fmt::format("the daemon there belongs to uid {}, and others may make files on the way there", peer.uid),
        "expected one of your own; remove its folder and start `credcached serve`");
  }
}

bool connection::send(std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    std::array<iovec, 2> parts{};
    // The kernel only reads what sendmsg is given.
    parts[0] = {const_cast<char*>(head.data()), head.size()};
    parts[1] = {const_cast<char*>(body.data()), body.size()};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const auto sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    if (sent < 0) fail(errno == EAGAIN ? "did not take the request in time" : credcache::errno_text());
    const auto count = static_cast<std::size_t>(sent);
    const auto of_head = std::min(count, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(count - of_head);
    check_time();
  }
  return true;
}

void connection::receive(response& into) {
  response_parser parser(into);
  parser.body_limit(longest_body);
  parser.eager(true);
  credcache::secret_buffer input(16 * 1024);
  while (!parser.is_done()) {
    const auto had = input.size();
    input.resize(had + 8 * 1024);
    ssize_t count = 0;
    do {
      count = ::recv(socket_.get(), input.data() + had, input.size() - had, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) fail(errno == EAGAIN ? "did not answer in time" : credcache::errno_text());
    check_time();
    input.resize(had + static_cast<std::size_t>(count));
    boost::beast::error_code error;
    if (count == 0) {
      if (parser.got_some()) parser.put_eof(error);
      if (error || !parser.is_done()) fail("closed the connection without a complete answer");
      return;
    }
    const auto used = parser.put(boost::asio::const_buffer(input.data(), input.size()), error);
    if (error && error != boost::beast::http::error::need_more)
      fail("did not answer in HTTP (" + error.message() + ")");
    // Bytes that the parser could not use yet move to the front.
    std::memmove(input.data(), input.data() + used, input.size() - used);
    input.resize(input.size() - used);
  }
}

bool is_plain(char c) {
  return credcache::is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

response_parser::response_parser(response& into) : into_(into) {}

http_client::http_client(std::string socket_path, std::chrono::milliseconds timeout)
    : path_(std::move(socket_path)), timeout_(timeout) {}

response http_client::request(std::string_view method, std::string_view target, std::initializer_list<header> headers,
                              std::string_view body) const {
  std::string head;
  head.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
  for (const auto& [name, value] : headers) {
    if (value.empty()) continue;
    if (value.find_first_of("\r\n") != std::string_view::npos) throw std::invalid_argument("line break in a header");
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body.empty())
    head += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  head += "\r\n";

  connection to(path_, timeout_);
  static_cast<void>(to.send(head, body));
  response answer;
  to.receive(answer);
  return answer;
}

target& target::with(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  text_ += separator_;
  separator_ = '&';
  text_.append(name) += '=';
  for (const char c : value) {
    if (is_plain(c)) {
      text_ += c;
    } else {
      text_ += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return *this;
}

}  // namespace credcached::client
