#include "http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ostream>
#include <stdexcept>
#include <system_error>

#include "daemon_process.hpp"

namespace credcached::testing {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

template <class Address>
int connect_to(const Address& address) {
  const int connection = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) return -1;
  if (::connect(connection, address.pointer(), address.size()) == 0) return connection;
  const int reason = errno;
  ::close(connection);
  errno = reason;
  return -1;
}

// The socket interface wants a sockaddr*; a union gives one without a cast.
struct unix_address {
  explicit unix_address(const std::string& path) {
    if (path.size() >= sizeof data.specific.sun_path) throw std::runtime_error("socket path too long: " + path);
    data.specific = {};
    data.specific.sun_family = AF_UNIX;
    std::memcpy(data.specific.sun_path, path.c_str(), path.size() + 1);
  }
  static int family() { return AF_UNIX; }
  [[nodiscard]] const sockaddr* pointer() const { return &data.general; }
  [[nodiscard]] socklen_t size() const { return sizeof data.specific; }
  union {
    sockaddr_un specific;
    sockaddr general;
  } data;
};

struct tcp_address {
  explicit tcp_address(std::uint16_t port) {
    data.specific = {};
    data.specific.sin_family = AF_INET;
    data.specific.sin_port = htons(port);
    data.specific.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  static int family() { return AF_INET; }
  [[nodiscard]] const sockaddr* pointer() const { return &data.general; }
  [[nodiscard]] socklen_t size() const { return sizeof data.specific; }
  union {
    sockaddr_in specific;
    sockaddr general;
  } data;
};

std::size_t number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end == text.data()) throw std::runtime_error("not a length: " + std::string(text));
  return value;
}

}  // namespace

std::string http_response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return {};
}

boost::json::value http_response::json() const {
  boost::system::error_code error;
  auto value = boost::json::parse(body, error);
  if (error) throw std::runtime_error("not JSON (" + error.message() + "): " + body);
  return value;
}

std::string http_response::error_type() const {
  boost::system::error_code error;
  const auto value = boost::json::parse(body, error);
  if (error || !value.is_object() || !value.as_object().contains("errorType")) return {};
  return std::string(value.at("errorType").as_string());
}

std::string http_response::details() const {
  std::string all;
  if (error_type().empty()) return all;
  const auto problem = json();
  for (const auto& line : problem.at("details").as_array()) all += std::string(line.as_string()) + "\n";
  return all;
}

std::ostream& operator<<(std::ostream& stream, const http_response& response) {
  stream << response.status << "\n";
  for (const auto& [name, value] : response.headers) stream << name << ": " << value << "\n";
  return stream << "\n" << response.body;
}

http_client http_client::unix_socket(const std::string& path) {
  const int connection = connect_to(unix_address(path));
  if (connection < 0) throw std::system_error(errno, std::generic_category(), "connect to " + path);
  return http_client(connection);
}

http_client http_client::tcp(std::uint16_t port) {
  const int connection = connect_to(tcp_address(port));
  if (connection < 0)
    throw std::system_error(errno, std::generic_category(), "connect to port " + std::to_string(port));
  return http_client(connection);
}

std::unique_ptr<http_client> http_client::try_unix(const std::string& path) {
  const int connection = connect_to(unix_address(path));
  return connection < 0 ? nullptr : std::make_unique<http_client>(http_client(connection));
}

http_client::http_client(http_client&& other) noexcept
    : connection_(std::exchange(other.connection_, -1)), received_(std::move(other.received_)) {}

http_client::~http_client() {
  if (connection_ >= 0) ::close(connection_);
}

http_response http_client::request(std::string_view method, std::string_view target, std::string_view body,
                                   const header_list& headers) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\n");
  bool host = false;
  bool media_type = false;
  for (const auto& [name, value] : headers) {
    host = host || same_name(name, "Host");
    media_type = media_type || same_name(name, "Content-Type");
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!host) text += "Host: localhost\r\n";
  if (!body.empty() && !media_type) text += "Content-Type: application/json\r\n";
  if (!body.empty() || method == "POST" || method == "PUT")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  send_raw(text.append("\r\n").append(body));
  return read_response(method == "HEAD");
}

void http_client::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    // A server may refuse a long body before it has read it all; its answer is still to be read.
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (sent < 0) throw std::system_error(errno, std::generic_category(), "send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool http_client::still_taken(std::string_view bytes) const {
  return ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

void http_client::send_some(std::string_view bytes) const {
  for (ssize_t sent = 1; sent > 0 && !bytes.empty();) {
    sent = ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool http_client::readable() const {
  pollfd waiting{connection_, POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

void http_client::half_close() const {
  ::shutdown(connection_, SHUT_WR);
}

bool http_client::fill(std::chrono::milliseconds deadline) {
  pollfd waiting{connection_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(deadline.count())) <= 0)
    throw std::runtime_error("no answer; so far: " + received_);
  char block[16384];
  const auto count = ::recv(connection_, block, sizeof block, 0);
  reset_ = count < 0;
  if (count <= 0) return false;
  received_.append(block, static_cast<std::size_t>(count));
  return true;
}

std::string http_client::take(std::size_t count) {
  while (received_.size() < count)
    if (!fill(patience)) throw std::runtime_error("closed in the middle of an answer: " + received_);
  std::string text = received_.substr(0, count);
  received_.erase(0, count);
  return text;
}

std::string http_client::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos)
    if (!fill(patience)) throw std::runtime_error("closed in the middle of an answer: " + received_);
  std::string line = take(end);
  take(2);
  return line;
}

http_response http_client::read_response(bool without_body) {
  http_response response;
  const std::string start = take_line();
  if (!start.starts_with("HTTP/1.1 ") || start.size() < 12) throw std::runtime_error("not HTTP/1.1: " + start);
  response.status = static_cast<int>(number(std::string_view(start).substr(9, 3), 10));
  for (std::string line = take_line(); !line.empty(); line = take_line()) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) throw std::runtime_error("not a header: " + line);
    response.headers.emplace_back(line.substr(0, colon), line.substr(line.find_first_not_of(' ', colon + 1)));
  }
  if (without_body || response.status == 204 || response.status / 100 == 1) return response;
  if (same_name(response.header("Transfer-Encoding"), "chunked")) {
    for (auto size = number(take_line(), 16); size != 0; size = number(take_line(), 16)) {
      response.body += take(size);
      take(2);
    }
    take_line();
  } else {
    const auto length = response.header("Content-Length");
    while (length.empty() && fill(patience)) continue;  // to the end of the connection
    response.body = take(length.empty() ? received_.size() : number(length, 10));
  }
  return response;
}

bool http_client::closed_by_peer(std::chrono::milliseconds deadline) {
  pollfd waiting{connection_, POLLIN, 0};
  if (!received_.empty() || ::poll(&waiting, 1, static_cast<int>(deadline.count())) <= 0) return false;
  return !fill(deadline);
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::strchr("-._~", c) != nullptr) {
      encoded += c;
    } else {
      encoded.append("%").append(1, digits[byte / 16U]).append(1, digits[byte % 16U]);
    }
  }
  return encoded;
}

}  // namespace credcached::testing
