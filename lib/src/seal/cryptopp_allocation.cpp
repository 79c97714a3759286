// Puts every block that Crypto++ allocates (key schedules above all) into locked, no-dump memory that forked children
// do not get. Crypto++ has no parameter for this: its SecBlock calls the functions below, and a definition in the
// program comes before the one in its library, linked statically or not. No header of Crypto++ is needed here.
#include <cstddef>
#include <cstring>
#include <list>
#include <memory_resource>
#include <mutex>
#include <new>

#include "credcache/locked_memory.hpp"
#include "credcache/secret.hpp"

namespace {

// Blocks of whole locked pages for the pool above it.
class locked_pages final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t size, std::size_t) override {
    return blocks_.emplace_back(size).bytes().data();  // page-aligned
  }
  void do_deallocate(void* block, std::size_t, std::size_t) override {
    blocks_.remove_if([block](const credcache::locked_memory& b) { return b.bytes().data() == block; });
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

  std::list<credcache::locked_memory> blocks_;
};

class locked_pool {
 public:
  void* allocate(std::size_t size) {
    // The pool of libstdc++ has 24-byte blocks, too, and aligns them to 8 whatever is asked: no block may fit there.
    size = (size + header - 1) / header * header;
    const std::lock_guard hold(mutex_);
    char* block = static_cast<char*>(pool_.allocate(size + header, header));
    std::memcpy(block, &size, sizeof size);
    return block + header;
  }
  void deallocate(void* memory) noexcept {
    if (memory == nullptr) return;
    char* block = static_cast<char*>(memory) - header;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    const std::lock_guard hold(mutex_);
    credcache::wipe(block, size + header);
    pool_.deallocate(block, size + header, header);
  }

 private:
  static constexpr std::size_t header = 16;  // keeps the alignment that SIMD code relies on
  std::mutex mutex_;
  locked_pages pages_;
  std::pmr::unsynchronized_pool_resource pool_{{.max_blocks_per_chunk = 4, .largest_required_pool_block = 2048},
                                               &pages_};
};

// Never destroyed: objects of Crypto++ with static storage give their blocks back very late.
locked_pool& pool() {
  static locked_pool* const instance = new locked_pool;
  return *instance;
}

}  // namespace

namespace CryptoPP {

void CallNewHandler();
void* AlignedAllocate(std::size_t size);
void AlignedDeallocate(void* memory);
void* UnalignedAllocate(std::size_t size);
void UnalignedDeallocate(void* memory);

void CallNewHandler() {
  throw std::bad_alloc();
}
void* AlignedAllocate(std::size_t size) {
  return pool().allocate(size);
}
void AlignedDeallocate(void* memory) {
  pool().deallocate(memory);
}
void* UnalignedAllocate(std::size_t size) {
  return pool().allocate(size);
}
void UnalignedDeallocate(void* memory) {
  pool().deallocate(memory);
}

}  // namespace CryptoPP
