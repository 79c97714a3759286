// The sockets that the daemon serves: those handed over by systemd, and the configured ones that are not among them.
//
// A configured address that a handed-over socket already has is that socket: the options of the entry apply to it,
// except mode, owner and group, which the socket unit has set. Every other configured address is opened besides.
//
// Ownership: the descriptors and the paths of the opened Unix sockets belong to the result.
// Thread safety: none; meant for the start.
// Failure: std::runtime_error (found, expected, what to do next); nothing stays open.
#pragma once

#include <string>
#include <vector>

#include "base/unique_fd.hpp"
#include "config/settings.hpp"
#include "platform/unix_socket.hpp"

namespace credcached::server {

struct listening_socket {
  credcache::unique_fd descriptor;
  config::listener listener;  ///< address as the kernel knows it, options as configured
};

struct listening_sockets {
  std::vector<platform::bound_socket> bound;  ///< paths and locks of the Unix sockets opened here; no descriptors
  std::vector<listening_socket> sockets;
  std::vector<std::string>
      warnings;  ///< what the configuration asks of a handed-over socket and the socket unit denies
};

/// Takes over the descriptors `handed_over` (see platform::take_listen_sockets). With neither these nor a configured
/// address it opens config::default_socket_path().
[[nodiscard]] listening_sockets open_listening_sockets(const std::vector<int>& handed_over,
                                                       std::vector<config::listener> configured);

}  // namespace credcached::server
