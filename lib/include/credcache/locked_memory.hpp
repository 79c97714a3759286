// Memory for keys and tokens: locked, left out of core dumps and absent from forked children (memfd_secret where the
// kernel has it).
//
// Thread safety: blocks may be made and destroyed on any thread; the bytes of one are its owner's.
// Ownership:     a block owns its bytes and wipes them at its end. Blocks share pages, which go with their last block.
// Failure:       std::system_error if the memory cannot be had.
// After fork():  a child has none of its parent's bytes, only its own blocks. It may ask present() of its parent's
//                blocks, move and destroy them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// A block comes zeroed, at a fixed address that fits any alignment up to a cache line.
class locked_memory {
 public:
  explicit locked_memory(std::size_t size);
  locked_memory(locked_memory&&) noexcept;
  locked_memory& operator=(locked_memory&&) = delete;
  ~locked_memory();
  /// At least as many as were asked for. To be touched only while present().
  [[nodiscard]] std::span<unsigned char> bytes() const noexcept { return {data_, size_}; }
  /// False in a forked child of the process that made the block. Costs one read of memory.
  [[nodiscard]] bool present() const noexcept { return *mark_ != 0; }
  /// "memfd_secret", "mlock", or "unlocked" where RLIMIT_MEMLOCK forbids both.
  [[nodiscard]] std::string_view kind() const noexcept { return kind_; }

 private:
  unsigned char* data_;
  std::size_t size_;
  const unsigned char* mark_;  // not 0 in the process that made the block; the kernel sets it to 0 in a child
  std::string_view kind_;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
