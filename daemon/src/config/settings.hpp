// Everything the daemon can be told, typed, with the default on every member and the unit in the type or name.
//
// Plain aggregates. They come from defaults, then the configuration file (load_settings), then the command line.
// etc/credcached/config.full.yaml shows every key with its default and its reason; a test holds it against this file.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/access_rule.hpp"
#include "config/outgoing.hpp"
#include "credcache/credential_key.hpp"
#include "credcache/limits.hpp"

namespace credcached::config {

/// listen: "unix:/run/credcached/credcached.sock" or "tcp:127.0.0.1:8200".
struct listener {
  enum class kind : std::uint8_t { unix_socket, tcp };
  kind transport = kind::unix_socket;
  std::string path;                  ///< unix: absolute path of the socket
  std::string host;                  ///< tcp: a loopback address (127.0.0.0/8, ::1); anything wider is refused
  std::uint16_t port = 0;            ///< tcp: 0 lets the kernel choose
  mode_t mode = 0600;                ///< unix: permissions of the socket
  std::optional<std::string> owner;  ///< unix: user name or uid the socket belongs to
  std::optional<std::string> group;  ///< unix: group name or gid the socket belongs to
  bool trust_proxy = false;          ///< tcp: take X-Forwarded-Proto/-Host/-Port/-Prefix for links
  std::vector<std::string> hosts;    ///< tcp: further names accepted in Host besides 127.0.0.1, localhost and [::1]
  bool operator==(const listener&) const = default;
};

/// A bearer token for TCP. The file has mode 0600; it is made with a random token if it is missing.
struct token {
  std::string name;  ///< what rules and the audit call it
  std::string file;
  std::optional<std::string> user;  ///< the owner of requests that carry it and name none
};

/// A value that is no secret, for variables and requirements of definitions.
struct given_value {
  std::string name, value;
  std::size_t line = 0;  ///< in the configuration file
};

/// Bounds of docs/security.md, S10. Each has its reason in config.full.yaml.
struct limits {
  std::size_t connections = 10'000;
  std::size_t connections_per_uid = 1'000;
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 64 * 1024;
  std::size_t variables = 64;
  std::size_t value_bytes = 16 * 1024;
  std::size_t json_depth = 8;
  std::size_t memory_in_flight_bytes = std::size_t{64} << 20;  ///< of answers not yet taken and bodies on their way
  std::chrono::seconds header_timeout{5};
  std::chrono::seconds body_timeout{10};
  std::chrono::seconds idle_timeout{60};
  std::chrono::seconds request_timeout{30};     ///< how long a handler that waits for something else may take
  std::chrono::seconds drain_timeout{10};       ///< from SIGTERM to the end of the last request
  std::optional<double> requests_per_second{};  ///< per uid; off unless set
  std::size_t requests_burst = 50;              ///< what the bucket of one uid holds
};

enum class audit_failure : std::uint8_t { count, refuse };

struct audit {
  /// Empty: off. "journal": standard error with a syslog priority, or a file's path.
  std::string to;
  audit_failure on_failure = audit_failure::count;  ///< refuse: answer 503 while lines cannot be written
};

struct settings {
  std::string config_file;          ///< where the settings were read, empty for none
  std::vector<listener> listeners;  ///< empty: the default socket
  std::string providers;            ///< folder of provider definitions, empty for the built-in ones
  std::string key_file;             ///< master key; empty: the systemd credential "credcached.key", else random
  credcache::lifetime_limits lifetime;
  unsigned workers = 0;  ///< 0: one per core this process may use
  std::vector<token> tokens;
  std::vector<access_rule> access;  ///< empty: the daemon's own uid and root may do everything
  std::vector<std::string> cors_origins;
  credcache::several several = credcache::several::first;  ///< for requests that name no profile
  std::vector<given_value> environment;                    ///< joined before the daemon's environment
  credcache::cache_limits cache;
  config::limits limits;
  config::audit audit;
  config::outgoing outgoing;
  std::string log_level = "info";     ///< info, warning, error, off
  std::optional<std::string> run_as;  ///< user to become once the sockets are open (started as root only)
};

}  // namespace credcached::config
