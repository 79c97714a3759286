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

/// Zeroed pages, and what has become of the wish to lock them. Pages that are not touched cost nothing.
std::pair<unsigned char*, std::string_view> map_pages(std::size_t size) {
  if (void* secret = map_secret_pages(size)) return {static_cast<unsigned char*>(secret), "memfd_secret"};
  void* pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot map memory for a key");
  ::madvise(pages, size, MADV_DONTDUMP);
  ::madvise(pages, size, MADV_WIPEONFORK);
  const bool locked = ::mlock2(pages, size, MLOCK_ONFAULT) == 0;
  return {static_cast<unsigned char*>(pages), locked ? "mlock" : "unlocked"};
}

/// Pages that many blocks share. They stay until the process ends, like those of any allocator.
class region {
 public:
  region() : region(map_pages(region_size)) {}

  [[nodiscard]] std::string_view kind() const noexcept { return kind_; }
  [[nodiscard]] bool holds(const unsigned char* block) const noexcept {
    return block >= begin_ && block < begin_ + region_size;
  }
  /// The first room that is large enough, zeroed; null if there is none.
  [[nodiscard]] unsigned char* take(std::size_t size) noexcept {
    const std::size_t wanted = size / unit;
    std::size_t free = 0;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      free = used_[i] ? 0 : free + 1;
      if (free < wanted) continue;
      const std::size_t first = i + 1 - wanted;
      mark(first, wanted, true);
      return begin_ + first * unit;
    }
    return nullptr;
  }
  void give_back(const unsigned char* block, std::size_t size) noexcept {
    mark(static_cast<std::size_t>(block - begin_) / unit, size / unit, false);
  }

 private:
  explicit region(std::pair<unsigned char*, std::string_view> pages) : begin_(pages.first), kind_(pages.second) {}
  void mark(std::size_t first, std::size_t count, bool used) noexcept {
    for (std::size_t i = first; i < first + count; ++i) used_[i] = used;
  }

  unsigned char* begin_;
  std::string_view kind_;
  std::bitset<region_size / unit> used_;
};

class regions {
 public:
  std::pair<unsigned char*, std::string_view> take(std::size_t size) {
    const std::lock_guard hold(mutex_);
    // A forked child has none of the parent's pages.
    if (const pid_t self = ::getpid(); self != owner_) {
      all_.clear();
      owner_ = self;
    }
    for (region& each : all_) {
      if (unsigned char* block = each.take(size)) return {block, each.kind()};
    }
    region& fresh = all_.emplace_back();
    return {fresh.take(size), fresh.kind()};
  }
  void give_back(const unsigned char* block, std::size_t size) noexcept {
    const std::lock_guard hold(mutex_);
    for (region& each : all_) {
      if (each.holds(block)) return each.give_back(block, size);
    }
  }

 private:
  std::mutex mutex_;
  std::list<region> all_;
  pid_t owner_ = 0;
};

// Never destroyed: objects with static storage give their blocks back very late.
regions& shared_pages() {
  static regions* const instance = new regions;
  return *instance;
}

}  // namespace

locked_memory::locked_memory(std::size_t size)
    : size_(size <= largest_shared ? rounded(std::max(size, unit), unit) : rounded(size, page_size)) {
  const auto [data, kind] = size_ <= largest_shared ? shared_pages().take(size_) : map_pages(size_);
  data_ = data;
  kind_ = kind;
}

locked_memory::locked_memory(locked_memory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), kind_(other.kind_) {}

locked_memory::~locked_memory() {
  if (data_ == nullptr) return;
  wipe(data_, size_);
  if (size_ <= largest_shared) {
    shared_pages().give_back(data_, size_);
  } else {
    ::munmap(data_, size_);
  }
}

}  // namespace credcache::inline v1
