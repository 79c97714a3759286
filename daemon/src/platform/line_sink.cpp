#include "platform/line_sink.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

namespace credcached::platform {
namespace {

// Whether a write of at most PIPE_BUF bytes would return at once, if nobody else writes there.
bool is_ready(int descriptor, int timeout_milliseconds) noexcept {
  pollfd state{descriptor, POLLOUT, 0};
  return ::poll(&state, 1, timeout_milliseconds) == 1;
}

// How much of a text goes out at once: whole lines if one fits, so that lines of others do not come in between.
std::size_t piece_of(std::string_view text) noexcept {
  if (text.size() <= PIPE_BUF) return text.size();
  const std::size_t end = text.rfind('\n', PIPE_BUF - 1);
  return end == std::string_view::npos ? PIPE_BUF : end + 1;
}

}  // namespace

line_sink::line_sink(credcache::unique_fd descriptor) : line_sink(descriptor.get()) {
  own_ = std::move(descriptor);
}

line_sink::line_sink(int descriptor) : descriptor_(descriptor) {
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) return;
  is_file_ = S_ISREG(info.st_mode);
  is_socket_ = S_ISSOCK(info.st_mode);
}

void line_sink::open_anew() noexcept try {
  const std::lock_guard hold(mutex_);
  if (is_file_ || is_socket_) return;  // a file would begin at its start, and a socket cannot be opened
  credcache::unique_fd opened(::open(("/proc/self/fd/" + std::to_string(descriptor_)).c_str(),
                                     O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!opened) return;
  own_ = std::move(opened);
  descriptor_ = own_.get();
} catch (const std::bad_alloc&) {
  // It stays as it was.
}

line_sink::progress line_sink::send(std::string_view text, std::size_t& sent) noexcept {
  while (sent < text.size()) {
    const std::string_view rest = text.substr(sent);
    const std::size_t piece = is_file_ ? rest.size() : piece_of(rest);
    if (!is_file_ && !is_ready(descriptor_, 0)) return progress::would_wait;
    const ssize_t wrote = is_socket_ ? ::send(descriptor_, rest.data(), piece, MSG_DONTWAIT | MSG_NOSIGNAL)
                                     : ::write(descriptor_, rest.data(), piece);
    if (wrote > 0) {
      sent += static_cast<std::size_t>(wrote);
      in_line_ = text[sent - 1] != '\n';
    } else if (wrote < 0 && errno == EAGAIN) {
      return progress::would_wait;
    } else if (wrote < 0 && errno != EINTR) {
      return progress::failed;
    }
  }
  return progress::whole;
}

void line_sink::lose_kept() noexcept {
  lost_ += static_cast<std::uint64_t>(std::count(kept_.begin(), kept_.end(), '\n'));
  kept_.clear();
}

// The rest of a line that has been begun is kept however much there is.
line_sink::outcome line_sink::keep(std::string_view rest, bool begun) noexcept {
  const bool first = kept_.empty();
  try {
    if (!begun && kept_.size() + rest.size() > most_kept) {
      ++lost_;
      return outcome::lost;
    }
    kept_.append(rest);
  } catch (const std::bad_alloc&) {
    ++lost_;
    return outcome::lost;
  }
  try {
    if (first && waker_) (*waker_)();
  } catch (const std::exception&) {
    // It goes out before the next line, then.
  }
  return outcome::kept;
}

bool line_sink::send_kept() noexcept {
  std::size_t sent = 0;
  const progress made = send(kept_, sent);
  kept_.erase(0, sent);
  if (made == progress::failed) lose_kept();
  return kept_.empty();
}

line_sink::outcome line_sink::write(std::string_view line) noexcept {
  const std::lock_guard hold(mutex_);
  std::size_t sent = 0;
  if (send_kept()) {
    // The rest of a line that was cut short would be glued to this one.
    std::size_t ended = 0;
    progress made = in_line_ ? send("\n", ended) : progress::whole;
    if (made == progress::whole) made = send(line, sent);
    if (made == progress::whole) return outcome::written;
    if (made == progress::failed) {
      ++lost_;
      return outcome::lost;
    }
  }
  return keep(line.substr(sent), sent != 0);
}

bool line_sink::flush() noexcept {
  const std::lock_guard hold(mutex_);
  return send_kept();
}

void line_sink::flush_until(credcache::time_point end) noexcept {
  while (!flush()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - credcache::boot_clock::now());
    if (left.count() <= 0 || !is_ready(descriptor_, static_cast<int>(left.count()))) return;
  }
}

void line_sink::forget_kept() noexcept {
  const std::lock_guard hold(mutex_);
  lose_kept();
}

void line_sink::set_waker(waker function) noexcept {
  const std::lock_guard hold(mutex_);
  waker_ = std::move(function);
}

line_sink& standard_error() {
  static auto* const sink = new line_sink(STDERR_FILENO);  // never destroyed: threads may write until the end
  return *sink;
}

}  // namespace credcached::platform
