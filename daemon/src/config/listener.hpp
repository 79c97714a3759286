// Where the daemon listens, as text: "unix:/run/credcached/credcached.sock", "tcp:127.0.0.1:8200", "tcp:[::1]:8200".
//
// Thread safety: pure functions, except that default_socket_path() reads the environment.
// Failure:       config_error (found …, expected …).
#pragma once

#include <string>
#include <string_view>

#include "config/config_error.hpp"
#include "config/settings.hpp"

namespace credcached::config {

/// Throws config_error (found …, expected …). An address that other machines reach is refused: TCP is plain text here.
[[nodiscard]] listener parse_listener(std::string_view text);

/// The same form that parse_listener takes.
[[nodiscard]] std::string to_string(const listener& address);

/// $CREDCACHED_SOCKET; else /run/credcached/credcached.sock for root; else $XDG_RUNTIME_DIR/credcached/credcached.sock;
/// else /tmp/credcached-UID/credcached.sock, whose folder has to belong to the user with mode 0700 (the daemon sees to
/// it, and a client checks it: see client::http_client). Verbs and daemon agree on it without any configuration.
[[nodiscard]] std::string default_socket_path();

}  // namespace credcached::config
