// A file descriptor with one owner, and the two phrases that every refusal in this room is made of.
//
// Ownership:     closes its descriptor at the end; moving empties the source.
// Thread safety: none; one thread at a time per object.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

namespace credcached::platform {

class descriptor {
 public:
  descriptor() noexcept = default;
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// False after a system call that failed: descriptor opened{::open(…)}; if (!opened) …
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// "Permission denied": what errno says.
[[nodiscard]] inline std::string reason(int error = errno) {
  return std::generic_category().message(error);
}

/// "0600": permissions as chmod takes them.
[[nodiscard]] inline std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", mode & 07777U);
  return text;
}

}  // namespace credcached::platform
