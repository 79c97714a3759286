// Lines to a descriptor that may be slow, full or stuck: whoever writes one never waits for whoever reads it.
//
// What the descriptor does not take now is kept, up to a bound, and goes out before the next line or with flush(). A line
// for which there is no room is lost and counted, and so is one that cannot be written at all (a full disk, a pipe whose
// reader has gone, RLIMIT_FSIZE). A line that was cut short has a line end before the next one.
//
// A regular file is written to at once: the kernel takes what it is given into memory.
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
  enum class outcome : std::uint8_t { written, kept, lost };
  using waker = std::shared_ptr<const std::function<void()>>;

  /// Bytes that are kept for a descriptor that takes none.
  static constexpr std::size_t most_kept = 256 * 1024;

  /// For a descriptor that is non-blocking, or a regular file.
  explicit line_sink(credcache::unique_fd descriptor);
  /// For a descriptor of somebody else, which stays open and as it is.
  explicit line_sink(int descriptor);
  /// Opens the pipe or terminal of that descriptor once more, so that writing to it cannot wait whatever others write.
  /// Where that is not possible, or without it, a write waits if somebody else takes the room that poll(2) has promised.
  void open_anew() noexcept;

  /// Writes a line, with its '\n'.
  outcome write(std::string_view line) noexcept;
  /// Writes what is kept, as far as that does not mean waiting. True if nothing is left.
  bool flush() noexcept;
  /// The same, waiting at most until then: for the end of the process.
  void flush_until(credcache::time_point end) noexcept;
  /// Gives up what is kept: those lines are lost.
  void forget_kept() noexcept;

  /// `function` is called when a line is kept and none was before: somebody has to call flush() soon. It is called in the
  /// thread that writes, must not write a line itself, and what it throws is ignored.
  void set_waker(waker function) noexcept;
  /// All lines that were lost, also those that were kept before.
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  enum class progress : std::uint8_t { whole, would_wait, failed };
  [[nodiscard]] progress send(std::string_view text, std::size_t& sent) noexcept;
  [[nodiscard]] bool send_kept() noexcept;
  [[nodiscard]] outcome keep(std::string_view rest, bool begun) noexcept;
  void lose_kept() noexcept;

  credcache::unique_fd own_;
  std::mutex mutex_;  // guards what follows and the order of lines
  int descriptor_;
  bool is_file_ = false, is_socket_ = false;
  bool in_line_ = false;  // what was written last has no line end
  waker waker_;
  std::string kept_;
  std::atomic<std::uint64_t> lost_{0};
};

/// Standard error, for the log and for an audit that goes to the journal.
[[nodiscard]] line_sink& standard_error();

}  // namespace credcached::platform
