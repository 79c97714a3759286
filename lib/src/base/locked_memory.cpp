// Locked memory, in blocks that share pages: memfd_secret removes each page from the kernel's direct map, which costs a
// TLB shootdown on all cores (about 20 µs), and a cipher alone has a dozen blocks.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <list>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

#include "credcache/locked_memory.hpp"
#include "credcache/secret.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::size_t unit = 64;  // blocks begin and end there: one cache line, enough for any alignment
constexpr std::size_t region_size = 64 * 1024;
constexpr std::size_t largest_shared = region_size / 4;
constexpr std::size_t page_size = 4096;

constexpr std::size_t rounded(std::size_t size, std::size_t to) noexcept {
  return (size + to - 1) / to * to;
}

// The mark is a page that the kernel zeroes in every child, however it was forked, so nobody has to be told of a fork.
unsigned char* map_mark() {
  void* const page = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot map memory for a key");
  ::madvise(page, page_size, MADV_WIPEONFORK);
  auto* const mark = static_cast<unsigned char*>(page);
  *mark = 1;
  return mark;
}

// memfd_secret pages are missing from the kernel's own map of memory, and locked by nature. The mapping is shared, and
// wipe-on-fork exists for private ones only, so a forked child does not get it at all.
void* map_secret_pages(std::size_t size) noexcept {
  const int fd = static_cast<int>(::syscall(SYS_memfd_secret, O_CLOEXEC));
  if (fd < 0) return MAP_FAILED;
  void* pages = MAP_FAILED;
  if (::ftruncate(fd, static_cast<off_t>(size)) == 0) {
    pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  ::close(fd);
  if (pages != MAP_FAILED) ::madvise(pages, size, MADV_DONTFORK);
  return pages;
}

/// Zeroed pages with their mark, and what has become of the wish to lock them. Pages that are not touched cost nothing.
struct mapping {
  unsigned char* data;
  const unsigned char* mark;
  std::string_view kind;
};

void unmap(unsigned char* data, std::size_t size, const unsigned char* mark) noexcept {
  ::munmap(data, size);
  ::munmap(const_cast<unsigned char*>(mark), page_size);
}

mapping map_pages(std::size_t size) {
  unsigned char* const mark = map_mark();
  if (void* const secret = map_secret_pages(size); secret != MAP_FAILED) {
    return {static_cast<unsigned char*>(secret), mark, "memfd_secret"};
  }
  void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) {
    const int error = errno;
    ::munmap(mark, page_size);
    throw std::system_error(error, std::generic_category(), "cannot map memory for a key");
  }
  ::madvise(pages, size, MADV_DONTDUMP);
  ::madvise(pages, size, MADV_WIPEONFORK);
  const bool locked = ::mlock2(pages, size, MLOCK_ONFAULT) == 0;
  return {static_cast<unsigned char*>(pages), mark, locked ? "mlock" : "unlocked"};
}

/// Pages that many blocks share.
class region {
 public:
  region() : pages_(map_pages(region_size)) {}
  region(const region&) = delete;
  region& operator=(const region&) = delete;
  ~region() {
    // In a child something else may be at that address.
    if (present()) unmap(pages_.data, region_size, pages_.mark);
  }

  [[nodiscard]] bool present() const noexcept { return *pages_.mark != 0; }
  [[nodiscard]] bool is_unused() const noexcept { return used_.none(); }
  [[nodiscard]] bool holds(const unsigned char* block) const noexcept {
    return block >= pages_.data && block < pages_.data + region_size;
  }
  /// The first room that is large enough, zeroed; data is null if there is none.
  [[nodiscard]] mapping take(std::size_t size) noexcept {
    const std::size_t wanted = size / unit;
    std::size_t free = 0;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      free = used_[i] ? 0 : free + 1;
      if (free < wanted) continue;
      const std::size_t first = i + 1 - wanted;
      mark_used(first, wanted, true);
      return {pages_.data + first * unit, pages_.mark, pages_.kind};
    }
    return {nullptr, pages_.mark, pages_.kind};
  }
  void give_back(const unsigned char* block, std::size_t size) noexcept {
    mark_used(static_cast<std::size_t>(block - pages_.data) / unit, size / unit, false);
  }

 private:
  void mark_used(std::size_t first, std::size_t count, bool used) noexcept {
    for (std::size_t i = first; i < first + count; ++i) used_[i] = used;
  }

  mapping pages_;
  std::bitset<region_size / unit> used_;
};

class regions {
 public:
  mapping take(std::size_t size) {
    const std::lock_guard hold(mutex_);
    all_.remove_if([](const region& each) { return !each.present(); });  // those of the parent
    for (region& each : all_) {
      if (const mapping block = each.take(size); block.data != nullptr) return block;
    }
    return all_.emplace_back().take(size);
  }
  void give_back(const unsigned char* block, std::size_t size) noexcept {
    const std::lock_guard hold(mutex_);
    const auto its = std::ranges::find_if(all_, [&](const region& each) { return each.holds(block); });
    its->give_back(block, size);
    if (its->is_unused()) all_.erase(its);
  }

 private:
  std::mutex mutex_;
  std::list<region> all_;
};

// Never destroyed: objects with static storage give their blocks back very late. Nothing of it is left when the last
// block is, so that a plugin can be loaded and unloaded again and again.
regions& shared_pages() {
  alignas(regions) static unsigned char room[sizeof(regions)];
  static regions* const instance = new (room) regions;
  return *instance;
}

}  // namespace

locked_memory::locked_memory(std::size_t size)
    : size_(size <= largest_shared ? rounded(std::max(size, unit), unit) : rounded(size, page_size)) {
  const mapping block = size_ <= largest_shared ? shared_pages().take(size_) : map_pages(size_);
  data_ = block.data;
  mark_ = block.mark;
  kind_ = block.kind;
}

locked_memory::locked_memory(locked_memory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mark_(other.mark_),
      kind_(other.kind_) {}

locked_memory::~locked_memory() {
  if (data_ == nullptr || !present()) return;
  wipe(data_, size_);
  if (size_ <= largest_shared) {
    shared_pages().give_back(data_, size_);
  } else {
    unmap(data_, size_, mark_);
  }
}

}  // namespace credcache::inline v1
