// A deliberately simple HTTP/1.1 client over a raw socket. It shares no code with the daemon.
//
// Ownership:     a client owns its connection and keeps it open over several requests.
// Thread safety: none.
// Failure:       std::runtime_error if the peer is silent for `patience`, closes early or answers no HTTP.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace credcached::testing {

using header_list = std::vector<std::pair<std::string, std::string>>;

struct http_response {
  int status = 0;
  header_list headers;  ///< in the order received
  std::string body;

  /// The first header of this name, whatever its case; empty if there is none.
  [[nodiscard]] std::string header(std::string_view name) const;
  /// The body as JSON; fails the test if it is none.
  [[nodiscard]] boost::json::value json() const;
  /// The errorType of an error, else empty.
  [[nodiscard]] std::string error_type() const;
  /// All details of an error, one a line.
  [[nodiscard]] std::string details() const;
};
std::ostream& operator<<(std::ostream& stream, const http_response& response);

class http_client {
 public:
  static http_client unix_socket(const std::string& path);
  static http_client tcp(std::uint16_t port);
  /// Null if nobody listens there (yet).
  static std::unique_ptr<http_client> try_unix(const std::string& path);

  http_client(http_client&& other) noexcept;
  http_client& operator=(http_client&&) = delete;
  ~http_client();

  /// Sends a request and reads its answer. A body gets Content-Length and, unless given, Content-Type:
  /// application/json.
  http_response request(std::string_view method, std::string_view target, std::string_view body = {},
                        const header_list& headers = {});
  http_response get(std::string_view target, const header_list& headers = {}) {
    return request("GET", target, {}, headers);
  }
  http_response post(std::string_view target, std::string_view body, const header_list& headers = {}) {
    return request("POST", target, body, headers);
  }
  http_response put(std::string_view target, std::string_view body, const header_list& headers = {}) {
    return request("PUT", target, body, headers);
  }
  http_response remove(std::string_view target, const header_list& headers = {}) {
    return request("DELETE", target, {}, headers);
  }

  void send_raw(std::string_view bytes);
  /// False if the peer takes nothing any more.
  [[nodiscard]] bool still_taken(std::string_view bytes) const;
  /// Sends as much as the connection takes without waiting.
  void send_some(std::string_view bytes) const;
  /// True if there is something to read, or the end.
  [[nodiscard]] bool readable() const;
  /// Ends the sending side; answers can still be read.
  void half_close() const;
  /// The next answer on the connection. `without_body`: it answers a HEAD request.
  http_response read_response(bool without_body = false);
  /// True if the peer closes before the deadline, sending nothing more.
  bool closed_by_peer(std::chrono::milliseconds deadline = std::chrono::seconds(10));
  /// Whether the end was a reset: what the peer had said before may be lost then.
  [[nodiscard]] bool was_reset() const { return reset_; }

 private:
  explicit http_client(int connection) : connection_(connection) {}
  bool fill(std::chrono::milliseconds deadline);  ///< false: the peer has closed
  std::string take(std::size_t count);
  std::string take_line();

  int connection_;
  bool reset_ = false;
  std::string received_;
};

/// `text` with everything but letters, digits and "-._~" percent-encoded.
std::string url_encoded(std::string_view text);

}  // namespace credcached::testing
