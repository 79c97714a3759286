// What goes into an entry_store and what comes out, as value types.
//
// Thread safety: plain values.
// Ownership:     an entry_view points into the store and holds for the length of a visit.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credcache/credential.hpp"
#include "seal/associated_data.hpp"

namespace credcache::inline v1 {

/// The number that a store has for a credential key without its profile (entry_store::intern).
using slot_id = std::uint32_t;
/// The number that a store has for a list of variable names (entry_store::intern_names).
using names_id = std::uint32_t;

/// Which of an owner's entries. Whoever asks chooses the profile: it is text, and never interned.
struct entry_key {
  slot_id slot = 0;
  std::string profile{};  ///< empty: the one without a profile
  entry_key(slot_id number, std::string name = {}) : slot(number), profile(std::move(name)) {}
  auto operator<=>(const entry_key&) const = default;
};

/// An entry_key whose text somebody else keeps alive for the length of a call.
struct entry_key_view {
  slot_id slot = 0;
  std::string_view profile{};
  entry_key_view(slot_id number, std::string_view name = {}) noexcept : slot(number), profile(name) {}
  entry_key_view(const entry_key& key) noexcept : entry_key_view(key.slot, key.profile) {}
  auto operator<=>(const entry_key_view&) const = default;
};

/// What an entry is put with besides its sealed bytes.
struct entry_terms {
  time_point deadline;
  std::chrono::seconds time_to_live{};  ///< up to the deadline, rounded up
  wall_time wall_deadline{};            ///< as the sealed bytes are bound to it
  std::uint64_t generation = 0;         ///< likewise
  names_id names = 0;                   ///< which names the sealed values have
  bool only_new = false;                ///< a living entry stays as it is
};

/// What the cache knows of an entry without opening it.
struct entry_info {
  slot_id slot = 0;
  names_id names = 0;
  std::uint32_t time_to_live = 0;  ///< seconds
  std::uint32_t reads = 0;
  time_point created, deadline, last_read;  ///< created: time_to_live before the deadline; last_read == created: never
  wall_time wall_deadline;
  std::uint64_t generation = 0;
};

/// An entry while it is visited; nothing is copied.
struct entry_view {
  credcache::owner_view owner;
  std::string_view profile;
  entry_info info;
  std::string_view sealed;
};

struct name_list {
  std::vector<std::string> names;
  name_list_hash hash{};
};

/// A read that a store has counted.
struct counted_read {
  entry_key key;
  std::uint64_t generation = 0;
  std::uint32_t reads = 0;             ///< with this one
  std::uint32_t last_read_before = 0;  ///< as a cache_entry has it
};

struct cached_entry {
  entry_info info;
  counted_read read{0};             ///< what entry_store::uncount takes, if it was counted
  secret_buffer sealed;             ///< ciphertext; a clearing buffer because it is reused
  bool owner_has_profiles = false;  ///< the owner has living entries with a profile; also set if nothing was found
};

}  // namespace credcache::inline v1
