// A small blocking HTTP/1.1 client over the daemon's Unix socket, for the verbs of the command line.
//
// One connection per request: nothing is open while a person types, and a command started by `exec` inherits nothing.
// Thread safety: none; one thread at a time.
// Ownership:     the body of a response is wiped when the response is destroyed.
// Failure:       unreachable, with the path, the reason and what to do next. A status of 4xx or 5xx is an answer.
#pragma once

#include <chrono>
#include <credcache/secret.hpp>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace credcached::client {

/// No daemon, or one that does not answer in time or in HTTP. It ends the process with exit code 3.
class unreachable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct header {
  std::string_view name, value;
};

struct response {
  unsigned status = 0;
  std::string content_type;
  credcache::secret_buffer body;

  [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }
};

class http_client {
 public:
  explicit http_client(std::string socket_path, std::chrono::milliseconds timeout = std::chrono::seconds{10});

  /// `target` is encoded already (client::target). Headers with an empty value are left out; `body` goes as JSON.
  [[nodiscard]] response request(std::string_view method, std::string_view target,
                                 std::initializer_list<header> headers = {}, std::string_view body = {}) const;

  [[nodiscard]] const std::string& socket_path() const noexcept { return path_; }

 private:
  std::string path_;
  std::chrono::milliseconds timeout_;
};

/// Builds "/path?name=value&…", percent-encoded.
class target {
 public:
  explicit target(std::string_view path) : text_(path) {}
  /// An empty value is left out.
  target& with(std::string_view name, std::string_view value);
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
  char separator_ = '?';
};

}  // namespace credcached::client
