// A file descriptor with one owner.
//
// Thread safety: none; one thread at a time per object.
// Ownership:     closes its descriptor at the end; moving empties the source.
#pragma once

#include <unistd.h>

#include <utility>

namespace credcache::inline v1 {

class unique_fd {
 public:
  unique_fd() noexcept = default;
  explicit unique_fd(int fd) noexcept : fd_(fd) {}
  unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~unique_fd() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// False after a system call that failed: unique_fd opened{::open(…)}; if (!opened) …
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace credcache::inline v1
