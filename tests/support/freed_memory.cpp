#include "freed_memory.hpp"

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<credcache::testing::freed_memory*> active{nullptr};

thread_local std::size_t allocations_left = 0;  // 0: none fails
thread_local bool one_failed = false;

bool fails_now() noexcept {
  if (allocations_left == 0 || --allocations_left != 0) return false;
  one_failed = true;
  return true;
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (fails_now()) throw std::bad_alloc();
  void* const block =
      alignment <= alignof(std::max_align_t) ? std::malloc(size == 0 ? 1 : size) : ::memalign(alignment, size);
  if (block == nullptr) throw std::bad_alloc();
  return std::memset(block, 0, ::malloc_usable_size(block));  // else the last owner's text is found when it is freed
}

void release(void* block) noexcept {
  if (block == nullptr) return;
  if (auto* const watch = active.load()) watch->inspect(block, ::malloc_usable_size(block));
  std::free(block);
}

}  // namespace

namespace credcache::testing {

freed_memory::freed_memory(std::string_view text) : text_(text) {
  active.store(this);
}

void freed_memory::stop() {
  active.store(nullptr);
}

void freed_memory::inspect(const void* block, std::size_t size) {
  ++blocks_;
  if (::memmem(block, size, text_.data(), text_.size()) != nullptr) ++found_;
}

failing_allocation::failing_allocation(std::size_t nth) {
  one_failed = false;
  allocations_left = nth;
}

failing_allocation::~failing_allocation() {
  allocations_left = 0;
}

bool failing_allocation::happened() const {
  return one_failed;
}

}  // namespace credcache::testing

// Asio takes the memory of its handlers from here, and gives it back to free().
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return fails_now() ? nullptr : ::memalign(alignment, size);
}
// The array forms of the standard library call these.
void* operator new(std::size_t size) {
  return allocate(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return allocate(size, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* block) noexcept {
  release(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  release(block);
}
