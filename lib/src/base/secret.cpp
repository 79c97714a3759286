#include "credcache/secret.hpp"

#include <strings.h>
#if defined(__x86_64__) && !defined(__clang__)
#include <sys/platform/x86.h>
#endif

#include <algorithm>
#include <cstring>
#include <utility>

namespace credcache::inline v1 {
namespace {

#if defined(__x86_64__) && defined(__clang__)  // which cannot read that header
const bool has_avx512 = __builtin_cpu_supports("avx512f");
const bool has_avx = __builtin_cpu_supports("avx");
#elif defined(__x86_64__)
// What the C library has found out. The compiler's own question puts a dozen CPUID into every start, and each of them
// is a trap in a virtual machine.
const bool has_avx512 = CPU_FEATURE_ACTIVE(AVX512F);
const bool has_avx = CPU_FEATURE_ACTIVE(AVX);
#endif

}  // namespace

void wipe(void* data, std::size_t size) noexcept {
  if (size != 0) ::explicit_bzero(data, size);
}

// Not inlined, so that its frame lies where the frames of the handler that has just returned lay. The deepest of the
// library's own take 9 KiB (tests/package/hosts/fibre.cpp).
[[gnu::noinline]] void wipe_stack(std::size_t depth) noexcept {
  ::explicit_bzero(__builtin_alloca(depth), depth);
}

// The C library copies with the upper sixteen registers where there are any, because they cost no clean-up. The
// compiler does not use those here, so it need not be told about them.
void wipe_registers() noexcept {
#if defined(__x86_64__)
  if (has_avx512)
    asm volatile(
        ".irp r,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
        "vpxord %%zmm\\r, %%zmm\\r, %%zmm\\r\n\t"
        ".endr" ::);
  if (has_avx) {
    asm volatile("vzeroall" ::
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
                       "xmm12", "xmm13", "xmm14", "xmm15");
  } else {
    asm volatile(
        ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
        "pxor %%xmm\\r, %%xmm\\r\n\t"
        ".endr" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
              "xmm13", "xmm14", "xmm15");
  }
#endif
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(b[i]));
    asm volatile("" : "+r"(difference));  // keeps the compiler from leaving the loop early
  }
  return difference == 0;
}

bool is_blank(std::string_view text) noexcept {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

secret_buffer::secret_buffer(secret_buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

secret_buffer& secret_buffer::operator=(secret_buffer&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

void secret_buffer::reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  char* larger = std::allocator<char>{}.allocate(capacity);
  if (size_ != 0) std::memcpy(larger, data_, size_);
  if (data_ != nullptr) {
    wipe(data_, size_);
    std::allocator<char>{}.deallocate(data_, capacity_);
  }
  data_ = larger;
  capacity_ = capacity;
}

void secret_buffer::grow(std::size_t count) {
  reserve(std::max({size_ + count, capacity_ * 2, std::size_t{64}}));
}

void secret_buffer::resize(std::size_t size) {
  if (size > size_) {
    const std::size_t added = size - size_;
    std::memset(extend(added), 0, added);
  } else {
    wipe(data_ + size, size_ - size);
    size_ = size;
  }
}

void secret_buffer::clear() noexcept {
  wipe(data_, size_);
  size_ = 0;
}

void secret_buffer::release() noexcept {
  if (data_ == nullptr) return;
  wipe(data_, size_);
  std::allocator<char>{}.deallocate(data_, capacity_);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

secret secret::copy_of(std::string_view text) {
  secret copy;
  copy.buffer_.reserve(text.size());
  copy.buffer_.append(text);
  return copy;
}

}  // namespace credcache::inline v1
