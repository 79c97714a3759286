#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "credcache/cipher.hpp"

namespace credcache {
namespace {

constexpr std::size_t page_size = 4096;

// memfd_secret pages are missing from the kernel's own map of memory, and locked by nature. The mapping is shared, and
// wipe-on-fork exists for private ones only, so a forked child does not get it at all.
void* map_secret_pages(std::size_t size) noexcept {
  const int fd = static_cast<int>(::syscall(SYS_memfd_secret, O_CLOEXEC));
  if (fd < 0) return nullptr;
  void* pages = MAP_FAILED;
  if (::ftruncate(fd, static_cast<off_t>(size)) == 0) {
    pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  ::close(fd);
  if (pages == MAP_FAILED) return nullptr;
  ::madvise(pages, size, MADV_DONTFORK);
  return pages;
}

}  // namespace

locked_memory::locked_memory(std::size_t size) : size_((size + page_size - 1) / page_size * page_size) {
  void* pages = map_secret_pages(size_);
  kind_ = "memfd_secret";
  if (pages == nullptr) {
    pages = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot map memory for a key");
    ::madvise(pages, size_, MADV_DONTDUMP);
    ::madvise(pages, size_, MADV_WIPEONFORK);
    kind_ = ::mlock(pages, size_) == 0 ? "mlock" : "unlocked";
  }
  data_ = static_cast<unsigned char*>(pages);
}

locked_memory::locked_memory(locked_memory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), kind_(other.kind_) {}

locked_memory::~locked_memory() {
  if (data_ == nullptr) return;
  wipe(data_, size_);
  ::munmap(data_, size_);
}

}  // namespace credcache
