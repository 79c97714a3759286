// Serves one page to a browser, whatever it asks for, on a loopback port of its own.
//
// Thread safety: one thread inside; the object itself belongs to the test.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

namespace credcached::testing {

class page_server {
 public:
  page_server();
  page_server(const page_server&) = delete;
  ~page_server();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// What is served from now on; to be called before the browser starts.
  void serve(std::string html);

 private:
  void run() const;

  int listening_;
  std::uint16_t port_ = 0;
  std::string html_;
  std::thread thread_;
};

}  // namespace credcached::testing
