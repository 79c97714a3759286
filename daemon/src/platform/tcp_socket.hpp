// A TCP socket the daemon listens on: loopback only, because credentials cross it in plain text.
//
// Thread safety: both functions may be called from every thread.
#pragma once

#include <cstdint>

#include "config/settings.hpp"

namespace credcached::platform {

/// Listens on where.host (127.0.0.0/8 or ::1, else a refusal) and where.port (0: the kernel chooses, see bound_port).
/// The caller owns the descriptor, which is non-blocking and closed on exec. std::runtime_error: found, expected, what
/// to do.
[[nodiscard]] int listen_tcp(const config::listener& where);

/// The port of a TCP socket. Throws std::system_error.
[[nodiscard]] std::uint16_t bound_port(int fd);

}  // namespace credcached::platform
