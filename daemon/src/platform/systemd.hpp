// The protocol between systemd and its services: sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3) and
// systemd.exec(5)'s credentials. It consists of environment variables and one datagram and needs no library.
//
// Without systemd every function here does nothing and returns nothing.
//
// Thread safety: take_listen_sockets() changes the environment and is to be called before the first thread is started;
//                the others only read it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace credcached::platform {

/// The listening sockets that were handed over, in the order of the socket unit; the caller owns them. They are made
/// non-blocking and closed on exec, and the variables are removed, so that no child takes them for its own.
/// Throws std::runtime_error (found, expected, what to do) if one is no listening stream socket of Unix or loopback.
[[nodiscard]] std::vector<int> take_listen_sockets();

/// Sends "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…" to the service manager. A failure is ignored: the daemon
/// serves whether or not anybody asked. Waits at most a second.
void notify(std::string_view state) noexcept;

/// How long systemd waits for the next "WATCHDOG=1"; send one at half of it. Nothing if it does not watch this process.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval();

/// The folder with this service's credentials (LoadCredential=), an absolute path.
[[nodiscard]] std::optional<std::string> credentials_directory();

}  // namespace credcached::platform
