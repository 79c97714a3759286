// A TCP socket on which the daemon listens: loopback only, because credentials cross it in plain text.
//
// Thread safety: may be called from every thread.
// Failure:       std::runtime_error, one line: found, expected, what to do.
#pragma once

#include <cstdint>

#include "config/settings.hpp"

namespace credcached::platform {

/// Listens on the host (127.0.0.0/8 or ::1, else a refusal) and port (0: the kernel chooses, see bound_port) of `listener`.
/// The caller owns the descriptor, which is non-blocking and closed on exec. std::runtime_error: found, expected, what
/// to do.
[[nodiscard]] int listen_tcp(const config::listener& listener);

/// The port of a TCP socket. Throws std::system_error.
[[nodiscard]] std::uint16_t bound_port(int fd);

}  // namespace credcached::platform
