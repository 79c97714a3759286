// Storage for secrets: bytes that clear themselves before their memory is given back.
//
// Every plaintext value lives in one of the types below from socket to socket (docs/security.md, S2). None of them
// converts to a string, is printable or has operator==: a secret reaches a log or an early-out comparison only through
// reveal(), which a reviewer can search for.
//
// Thread safety: none; one thread at a time per object.
// Ownership:     each object owns its bytes alone. Moving empties the source; copying does not compile, copy_of() says
//                it aloud.
// Failure:       std::bad_alloc, and then nothing has changed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// Overwrites `size` bytes at `data` with zeros in a way the compiler may not remove.
void wipe(void* data, std::size_t size) noexcept;

/// Bytes of stack that are enough for any call of the library, on a thread or a fibre, besides what the caller uses. For
/// an optimised library; sanitizers inside it need more. Half of it is what wipe_stack() overwrites.
inline constexpr std::size_t stack_needed = 32 * 1024;

/// Overwrites `depth` bytes of the calling thread's stack below this frame, by default as many as the library may have
/// used. Parsers keep pieces of values in local buffers; this is how those go.
void wipe_stack(std::size_t depth = stack_needed / 2) noexcept;

/// Clears the vector registers. Copying memory leaves the last bytes in them, and from there they come back into
/// memory: in the frame of the next signal, or when the dynamic linker binds a function at its first call.
void wipe_registers() noexcept;

/// True if both have the same bytes. The time depends on the lengths alone, never on where they differ.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b) noexcept;

/// True if there is nothing but white space (space, \t, \r, \n, \v, \f): such a value does not count in a join.
[[nodiscard]] bool is_blank(std::string_view text) noexcept;

/// A growable buffer of secret bytes. Growing moves the content and wipes the old block; clear() wipes what was used
/// and keeps the memory, so that a buffer reused for every request costs one allocation in its life.
class secret_buffer {
 public:
  secret_buffer() noexcept = default;
  explicit secret_buffer(std::size_t capacity) { reserve(capacity); }
  secret_buffer(secret_buffer&& other) noexcept;
  secret_buffer& operator=(secret_buffer&& other) noexcept;
  secret_buffer(const secret_buffer&) = delete;
  secret_buffer& operator=(const secret_buffer&) = delete;
  ~secret_buffer() { release(); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// The bytes. Valid until the next call that is not const.
  [[nodiscard]] std::string_view reveal() const noexcept { return {data_, size_}; }
  [[nodiscard]] char* data() noexcept { return data_; }
  [[nodiscard]] std::span<char> bytes() noexcept { return {data_, size_}; }

  void reserve(std::size_t capacity);
  /// Changes the length; new bytes are zero, dropped bytes are wiped.
  void resize(std::size_t size);
  /// Makes room for `count` more bytes, counts them in and returns where they begin; the caller fills them.
  [[nodiscard, gnu::always_inline]] char* extend(std::size_t count) {
    if (capacity_ - size_ < count) [[unlikely]]
      grow(count);
    char* begin = data_ + size_;
    size_ += count;
    return begin;
  }
  [[gnu::always_inline]] void append(std::string_view text) {
    if (!text.empty()) __builtin_memcpy(extend(text.size()), text.data(), text.size());
  }
  void push_back(char c) { *extend(1) = c; }
  /// Wipes the content, keeps the memory.
  void clear() noexcept;
  /// Wipes the content and frees the memory.
  void release() noexcept;

 private:
  void grow(std::size_t count);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// One secret value of fixed length.
class secret {
 public:
  secret() noexcept = default;
  explicit secret(secret_buffer bytes) noexcept : buffer_(std::move(bytes)) {}
  [[nodiscard]] static secret copy_of(std::string_view text);

  [[nodiscard]] std::size_t size() const noexcept { return buffer_.size(); }
  [[nodiscard]] bool empty() const noexcept { return buffer_.empty(); }
  [[nodiscard]] std::string_view reveal() const noexcept { return buffer_.reveal(); }

 private:
  secret_buffer buffer_;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
