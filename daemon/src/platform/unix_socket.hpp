// The Unix socket on which the daemon listens.
//
// Promise (docs/security.md, S6): the socket appears under its path with its final owner and mode, already listening; a
// stale one is reclaimed, a living one never, also when two daemons start at once.
//
// How: a lock on PATH.lock says which daemon serves PATH; the kernel drops it when that process dies, however it dies,
// and the empty file stays, because removing it would let two daemons lock two files. The winner binds under PATH~,
// sets mode and owner, listens, and only then renames to PATH. (So ss and /proc/net/unix show PATH~, the name it was
// bound to.)
//
// Thread safety: none; for the start.
// Ownership:     a bound_socket owns descriptor, lock and path.
// Failure:       std::runtime_error, one line: found, expected, what to do.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/unique_fd.hpp"
#include "config/settings.hpp"
#include "platform/tcp_socket.hpp"

namespace credcached::platform {

/// A listening Unix socket and its place in the file system. The destructor removes the path, if it is still this
/// socket and this process still may (not after become(): the next start then reclaims it), and frees the lock.
class bound_socket {
 public:
  bound_socket(bound_socket&& other) noexcept;
  bound_socket& operator=(bound_socket&& other) noexcept;
  ~bound_socket();

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  /// Gives the descriptor away, to an acceptor that will close it. Path and lock stay with this object.
  [[nodiscard]] int release() noexcept { return socket_.release(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  friend bound_socket listen_unix(const config::listener& listener);
  bound_socket(credcache::unique_fd socket, credcache::unique_fd lock, std::string path, dev_t device,
               ino_t inode) noexcept;

  credcache::unique_fd lock_;
  credcache::unique_fd socket_;
  std::string path_;  // empty: moved from
  dev_t device_;
  ino_t inode_;
};

/// Listens on listener.path; the descriptor is non-blocking and closed on exec. The parent directory must belong to this
/// user or root and be writable for nobody else (or be sticky, like /tmp). Its last component is made if it is missing:
/// mode 0700, or 0711 if the listener's mode, owner or group lets in somebody else.
[[nodiscard]] bound_socket listen_unix(const config::listener& listener);

}  // namespace credcached::platform
