#include "platform/line_sink.hpp"

#include <limits.h>
#include <poll.h>
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

// Whether a write of at most PIPE_BUF bytes would return at once. Standard error is shared with other processes, so it
// cannot be made non-blocking; poll(2) says of pipes, sockets and terminals that they have this much room.
bool is_ready(int descriptor, int timeout_milliseconds) noexcept {
  pollfd state{descriptor, POLLOUT, 0};
  return ::poll(&state, 1, timeout_milliseconds) == 1;
}

}  // namespace

line_sink::line_sink(credcache::unique_fd descriptor) : line_sink(descriptor.get()) {
  own_ = std::move(descriptor);
}

line_sink::line_sink(int descriptor) : descriptor_(descriptor) {
  struct stat info {};
  takes_any_size_ = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
}

line_sink::progress line_sink::send(std::string_view text, std::size_t& sent) noexcept {
  while (sent < text.size()) {
    const std::size_t piece =
        takes_any_size_ ? text.size() - sent : std::min<std::size_t>(text.size() - sent, PIPE_BUF);
    if (!takes_any_size_ && !is_ready(descriptor_, 0)) return progress::would_wait;
    const ssize_t wrote = ::write(descriptor_, text.data() + sent, piece);
    if (wrote >= 0) {
      sent += static_cast<std::size_t>(wrote);
    } else if (errno == EAGAIN) {
      return progress::would_wait;
    } else if (errno != EINTR) {
      return progress::failed;
    }
  }
  return progress::whole;
}

bool line_sink::lose() noexcept {
  ++lost_;
  return false;
}

bool line_sink::keep(std::string_view rest) noexcept {
  if (kept_.size() + rest.size() > most_kept) return false;
  const bool first = kept_.empty();
  try {
    kept_.append(rest);
  } catch (const std::bad_alloc&) {
    return false;
  }
  try {
    if (first && waker_) (*waker_)();
  } catch (const std::exception&) {
    // It goes out before the next line, then.
  }
  return true;
}

// A descriptor that has failed takes the rest of nothing: what was kept is lost, one for each end of a line.
bool line_sink::send_kept() noexcept {
  std::size_t sent = 0;
  const progress made = send(kept_, sent);
  if (made == progress::failed) {
    lost_ +=
        static_cast<std::uint64_t>(std::count(kept_.begin() + static_cast<std::ptrdiff_t>(sent), kept_.end(), '\n'));
    kept_.clear();
  } else {
    kept_.erase(0, sent);
  }
  return kept_.empty();
}

bool line_sink::write(std::string_view line) noexcept {
  const std::lock_guard hold(mutex_);
  std::size_t sent = 0;
  if (send_kept()) {
    const progress made = send(line, sent);
    if (made == progress::whole) return true;
    if (made == progress::failed) {
      // The rest of a line that was cut short would be glued to the next one.
      if (sent != 0) (void)!::write(descriptor_, "\n", 1);
      return lose();
    }
  }
  // Of a line that has been begun the rest must follow, however much is kept.
  return keep(line.substr(sent)) || lose();
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

void line_sink::set_waker(waker function) noexcept {
  const std::lock_guard hold(mutex_);
  waker_ = std::move(function);
}

line_sink& standard_error() {
  static auto* const sink = new line_sink(STDERR_FILENO);  // never destroyed: threads may write until the end
  return *sink;
}

}  // namespace credcached::platform
