// The cache: a TTL map from (owner, slot) to a sealed entry. It never sees a plaintext and never reads a clock.
//
// A slot is the part of a credential key that definitions limit (csp, site, type, name), interned to a number; an owner
// has few of them, so an owner's entries form a short chain and listing costs what is listed, not what is cached.
//
// Thread safety: every function may be called from any thread; each locks one of 256 shards for a bounded time.
// Ownership:     the cache owns its entries, one allocation each, and wipes them before it frees them. Data comes out
// by copy. Failure:       std::bad_alloc leaves the cache as it was.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/credential.hpp"
#include "credcache/limits.hpp"
#include "credcache/observer.hpp"

namespace credcache {

/// What the cache knows of an entry without opening it.
struct entry_info {
  slot_id slot = 0;
  std::uint32_t time_to_live = 0;  ///< seconds, as given
  std::uint32_t reads = 0;
  time_point created, deadline, last_read;  ///< last_read == created: never
};

struct cached_entry {
  entry_info info;
  secret_buffer sealed;  ///< ciphertext; a clearing buffer because it is reused
};

using variable_id = std::uint16_t;

enum class put_outcome : std::uint8_t { added, replaced, owner_full, cache_full };

class credential_cache {
 public:
  explicit credential_cache(cache_limits limits = {}, std::shared_ptr<observer> watcher = nullptr);
  ~credential_cache();
  credential_cache(const credential_cache&) = delete;
  credential_cache& operator=(const credential_cache&) = delete;

  /// The number of a slot; the same text gives the same number for the life of the cache. Never forgotten: intern only
  /// what definitions name.
  [[nodiscard]] slot_id intern(const credential_key& key);
  [[nodiscard]] credential_key key_of(slot_id slot) const;
  /// The same for the names of variables, which sealed records refer to by number.
  [[nodiscard]] variable_id intern_variable(std::string_view name);

  /// Stores or replaces. On owner_full and cache_full nothing has changed. An owner's name has at most 65,535 bytes.
  [[nodiscard]] put_outcome put(owner_view owner, slot_id slot, std::string_view sealed,
                                std::chrono::seconds time_to_live, time_point deadline, time_point now);
  /// Copies the entry if it is there and `now` is before its deadline. `count` says whether this is a read.
  [[nodiscard]] bool get(owner_view owner, slot_id slot, time_point now, cached_entry& out, bool count = true);
  /// The slots of an owner's living entries, in no order.
  [[nodiscard]] std::vector<slot_id> slots_of(owner_view owner, time_point now) const;
  /// Wipes and frees. Returns false if there was no living entry.
  bool remove(owner_view owner, slot_id slot, time_point now);
  /// The same for many of an owner at once. Returns the slots that had a living entry, in no order.
  std::vector<slot_id> remove_each(owner_view owner, std::vector<slot_id> slots, time_point now);

  /// Wipes at most `most` entries whose deadline is not after `now`, tells the observer, and returns how many.
  std::size_t sweep(time_point now, std::size_t most);
  /// The earliest deadline, or time_point::max() if the cache is empty.
  [[nodiscard]] time_point next_deadline() noexcept;

  [[nodiscard]] std::size_t entries() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;
  [[nodiscard]] const cache_limits& limits() const noexcept { return limits_; }

 private:
  struct guarded_shard;  // a cache_shard with its lock
  struct names;          // the interned slots

  [[nodiscard]] guarded_shard& shard_for(std::uint64_t hash) const noexcept;
  [[nodiscard]] bool reserve(std::size_t entries, std::size_t bytes) noexcept;
  void release(std::size_t entries, std::size_t bytes) noexcept;
  bool evict_soonest();
  void lower_earliest(time_point deadline) noexcept;

  cache_limits limits_;
  std::shared_ptr<observer> watcher_;
  std::unique_ptr<guarded_shard[]> shards_;
  std::unique_ptr<names> names_;
  std::atomic<std::size_t> entries_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<time_point::rep> earliest_;  // not later than the earliest deadline
};

}  // namespace credcache
