// Lines to a descriptor that may be slow, full or stuck: whoever writes one never waits for whoever reads it.
//
// What the descriptor does not take now is kept, up to a bound, and goes out before the next line or with flush(). A line
// for which there is no room is lost and counted, and so is one that cannot be written at all (a full disk, a pipe whose
// reader has gone, RLIMIT_FSIZE).
//
// Thread safety: every function may be called from every thread.
// Ownership:     owns the descriptor, if it is given one.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"
#include "credcache/clock.hpp"

namespace credcached::platform {

class line_sink {
 public:
  using waker = std::shared_ptr<const std::function<void()>>;

  /// Bytes that are kept for a descriptor that takes none.
  static constexpr std::size_t most_kept = 256 * 1024;

  explicit line_sink(credcache::unique_fd descriptor);
  /// For a descriptor of somebody else, which stays open.
  explicit line_sink(int descriptor);

  /// Writes a line, with its '\n'. False: it is lost.
  bool write(std::string_view line) noexcept;
  /// Writes what is kept, as far as that does not mean waiting. True if nothing is left.
  bool flush() noexcept;
  /// The same, waiting at most until then: for the end of the process.
  void flush_until(credcache::time_point end) noexcept;

  /// `function` is called when a line is kept and none was before: somebody has to call flush() soon. It is called in the
  /// thread that writes, must not write a line itself, and what it throws is ignored.
  void set_waker(waker function) noexcept;
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  enum class progress : std::uint8_t { whole, would_wait, failed };
  [[nodiscard]] progress send(std::string_view text, std::size_t& sent) noexcept;
  [[nodiscard]] bool send_kept() noexcept;
  [[nodiscard]] bool keep(std::string_view rest) noexcept;
  bool lose() noexcept;

  credcache::unique_fd own_;
  int descriptor_;
  bool takes_any_size_ = false;  // a regular file; others wait for room if a piece is larger than they promise
  std::mutex mutex_;             // guards what follows and the order of lines
  waker waker_;
  std::string kept_;
  std::atomic<std::uint64_t> lost_{0};
};

/// Standard error, for the log and for an audit that goes to the journal.
[[nodiscard]] line_sink& standard_error();

}  // namespace credcached::platform
