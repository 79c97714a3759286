// A daemon with a configuration of the test's own, a connection, and its figures.
#pragma once

#include <cstdint>
#include <string>

#include "scenario.hpp"

namespace credcached::testing {

struct configured_daemon {
  temporary_folder folder;
  daemon_process daemon;
  http_client http;

  explicit configured_daemon(std::string_view yaml, const environment& env = {})
      : daemon((configure(yaml), daemon_options{.flags = {"--config", folder / "config.yaml"}, .env = env})),
        http(http_client::unix_socket(daemon.socket())) {}
  void configure(std::string_view yaml) const { write_text(folder / "config.yaml", yaml); }
  [[nodiscard]] http_client connect() const { return http_client::unix_socket(daemon.socket()); }
};

/// One figure of /metrics, named with its labels; 0 if it is not there (yet).
inline std::uint64_t metric(http_client& http, std::string_view name) {
  const auto all = http.get("/metrics").body;
  const auto at = all.find("\n" + std::string(name) + " ");
  return at == std::string::npos ? 0 : std::stoull(all.substr(at + name.size() + 2));
}

/// A whole request as text, with Host and, for a body, its type and length.
inline std::string request_text(std::string_view method, std::string_view target, std::string_view body = {}) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  if (!body.empty())
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return text.append("\r\n").append(body);
}

}  // namespace credcached::testing
