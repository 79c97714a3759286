// One cached credential: a header, then the owner's name, then the sealed bytes, in one allocation.
//
// Ownership: entry_ptr; destroying it wipes the whole allocation before it is freed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "credcache/credential_cache.hpp"

namespace credcache {

struct cache_entry {
  cache_entry* next = nullptr;  ///< the same owner's next entry
  std::int64_t deadline = 0;    ///< nanoseconds of boot_clock, as are the others
  std::int64_t created = 0;
  std::uint32_t owner_hash = 0;
  std::uint32_t heap_index = 0;  ///< place in the shard's deadline heap
  std::uint32_t slot = 0;
  std::uint32_t time_to_live = 0;  ///< seconds
  std::uint32_t reads = 0;
  std::uint32_t last_read = 0;  ///< seconds after `created`, plus one; 0: never
  std::uint32_t sealed_size = 0;
  std::uint16_t owner_size = 0;
  owner_kind kind = owner_kind::user;

  [[nodiscard]] char* tail() noexcept { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] const char* tail() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] owner_view owner() const noexcept { return {kind, {tail(), owner_size}}; }
  [[nodiscard]] std::string_view sealed() const noexcept { return {tail() + owner_size, sealed_size}; }
  [[nodiscard]] std::size_t size() const noexcept { return sizeof(cache_entry) + owner_size + sealed_size; }
  [[nodiscard]] bool belongs_to(owner_view other) const noexcept {
    return kind == other.kind && owner().name == other.name;
  }
  [[nodiscard]] entry_info info() const noexcept;
};

struct entry_deleter {
  void operator()(cache_entry* entry) const noexcept;
};
using entry_ptr = std::unique_ptr<cache_entry, entry_deleter>;

/// Allocates an entry and copies owner and sealed bytes into it. Throws std::bad_alloc.
[[nodiscard]] entry_ptr make_entry(owner_view owner, std::string_view sealed);

}  // namespace credcache
