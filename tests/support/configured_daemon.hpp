// A daemon with a configuration of the test's own, a connection, and its figures.
#pragma once

#include <cstdint>
#include <string>

#include "request_text.hpp"
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

}  // namespace credcached::testing
