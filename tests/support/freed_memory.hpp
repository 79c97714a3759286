// Looks into every block of memory at the moment it is freed: what a wiped block must not hold any more.
//
// (And makes allocations fail on purpose, since operator new can be replaced only once.)
//
// Linking freed_memory.cpp replaces the global operator new and delete of the test executable, and aligned_alloc. One
// watch at a time. Thread safety: any thread may free while a watch lives; the watch itself belongs to one thread.
// Nothing but the code under test should run while it lives: a test's own copies of the text would be found as well.
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

namespace credcache::testing {

class freed_memory {
 public:
  /// `text` must outlive the watch; it is what freed blocks are searched for.
  explicit freed_memory(std::string_view text);
  ~freed_memory() { stop(); }
  freed_memory(const freed_memory&) = delete;
  freed_memory& operator=(const freed_memory&) = delete;

  void stop();
  /// Blocks freed since the watch began.
  [[nodiscard]] std::size_t blocks() const { return blocks_; }
  /// Those of them that still held the text.
  [[nodiscard]] std::size_t found() const { return found_; }
  /// Called by operator delete.
  void inspect(const void* block, std::size_t size);

 private:
  std::string_view text_;
  std::atomic<std::size_t> blocks_{0};
  std::atomic<std::size_t> found_{0};
};

/// Lets the `nth` allocation of the calling thread from now on fail (1: the next one), until the object goes.
class failing_allocation {
 public:
  explicit failing_allocation(std::size_t nth);
  ~failing_allocation();
  failing_allocation(const failing_allocation&) = delete;
  failing_allocation& operator=(const failing_allocation&) = delete;
  /// Whether it has come to that.
  [[nodiscard]] bool happened() const;
};

}  // namespace credcache::testing
