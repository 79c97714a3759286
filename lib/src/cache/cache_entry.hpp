// One cached credential: a header, then the owner's name, the profile and the sealed bytes, in one allocation.
//
// Ownership: entry_ptr; destroying it wipes the whole allocation before it is freed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "cache/entry_types.hpp"
#include "seal/associated_data.hpp"

namespace credcache::inline v1 {

struct cache_entry {
  cache_entry* next = nullptr;           ///< the same owner's next entry
  std::int64_t deadline = 0;             ///< nanoseconds of boot_clock
  std::uint64_t wall_deadline : 48 = 0;  ///< milliseconds of the wall clock
  std::uint64_t owner_size : 16 = 0;
  std::uint64_t generation : 56 = 0;
  owner_kind kind : 8 = owner_kind::user;
  std::uint32_t owner_hash = 0;
  std::uint32_t heap_index = 0;  ///< place in the shard's deadline heap
  slot_id slot = 0;
  names_id names : 23 = 0;
  std::uint32_t profile_size : 9 = 0;
  std::uint32_t time_to_live = 0;  ///< seconds; `created` is this long before the deadline
  std::uint32_t reads = 0;
  std::uint32_t last_read = 0;  ///< seconds after `created`, plus one; 0: never
  std::uint32_t sealed_size = 0;

  static constexpr std::size_t longest_owner = 0xffff;
  static constexpr std::size_t longest_profile = 0x1ff;
  static constexpr names_id last_names = (names_id{1} << 23) - 1;

  [[nodiscard]] char* tail() noexcept { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] const char* tail() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] owner_view owner() const noexcept { return {kind, {tail(), owner_size}}; }
  [[nodiscard]] std::string_view profile() const noexcept { return {tail() + owner_size, profile_size}; }
  [[nodiscard]] entry_key_view key() const noexcept { return {slot, profile()}; }
  [[nodiscard]] std::string_view sealed() const noexcept { return {tail() + owner_size + profile_size, sealed_size}; }
  [[nodiscard]] std::size_t size() const noexcept {
    return sizeof(cache_entry) + owner_size + profile_size + sealed_size;
  }
  [[nodiscard]] std::int64_t created() const noexcept { return deadline - time_to_live * nanoseconds_a_second; }
  static constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
  [[nodiscard]] bool belongs_to(owner_view other) const noexcept {
    return kind == other.kind && owner().name == other.name;
  }
  [[nodiscard]] entry_info info() const noexcept;
};

static_assert(sizeof(cache_entry) == 64, "one cache line, and every cached credential pays for it");

struct entry_deleter {
  void operator()(cache_entry* entry) const noexcept;
};
using entry_ptr = std::unique_ptr<cache_entry, entry_deleter>;

/// Allocates an entry and copies owner, key and sealed bytes into it. Throws std::bad_alloc, and std::length_error for
/// text or sealed bytes that the header cannot count.
[[nodiscard]] entry_ptr make_entry(owner_view owner, entry_key_view key, std::string_view sealed);

}  // namespace credcache::inline v1
