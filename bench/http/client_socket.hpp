// A connected stream socket to a server on this machine: "unix:/path" or "tcp:127.0.0.1:PORT", nothing else.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bench {

class client_socket {
 public:
  client_socket() = default;
  client_socket(client_socket&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  client_socket& operator=(client_socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~client_socket();

  /// Not connected if nobody listens there (yet); std::system_error for any other failure.
  [[nodiscard]] static client_socket try_connect(const std::string& address);
  /// Throws if nobody listens.
  [[nodiscard]] static client_socket connect(const std::string& address);

  [[nodiscard]] bool connected() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  /// Blocks until all of `bytes` is sent. SIGPIPE is never raised.
  void send(std::string_view bytes) const;
  /// Appends what is there to `into`; blocks if nothing is. Throws if the server closed the connection.
  void receive(std::string& into) const;

 private:
  explicit client_socket(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace bench
