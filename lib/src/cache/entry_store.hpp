// What is behind a credential_cache: a TTL map from (owner, entry key) to a sealed entry. The service works on it. It
// never sees a plaintext and never reads a clock.
//
// An entry key is a slot and a profile; a slot is what definitions name of a credential key (csp, site, type, name),
// interned to a number. An owner has few entries, so they form a short chain in the order in which they were added
// (replacing one keeps its place), and listing costs what is listed, not what is cached.
//
// Thread safety: every function may be called from any thread; each locks one of 256 shards for a bounded time.
// Ownership:     the store owns its entries, one allocation each, and wipes them before it frees them.
// Failure:       std::bad_alloc leaves the store as it was.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/entry_types.hpp"
#include "credcache/credential_cache.hpp"
#include "credcache/limits.hpp"
#include "credcache/observer.hpp"

namespace credcache::inline v1 {

class entry_store {
 public:
  explicit entry_store(cache_limits limits = {}, std::shared_ptr<observer> heard_by = nullptr);
  ~entry_store();
  entry_store(const entry_store&) = delete;
  entry_store& operator=(const entry_store&) = delete;

  /// The number of a slot; the same text gives the same number for the life of the store. Never forgotten: intern only
  /// what definitions name. The key's profile is left out.
  [[nodiscard]] slot_id intern(credential_key key);
  /// The number if it was ever asked for.
  [[nodiscard]] std::optional<slot_id> find_slot(credential_key key) const;
  /// The key without a profile. The reference holds for the life of the store.
  [[nodiscard]] const credential_key& key_of(slot_id slot) const;
  /// The same for lists of variable names.
  [[nodiscard]] names_id intern_names(const std::vector<std::string>& names);
  [[nodiscard]] const name_list& names_of(names_id names) const;

  /// A number greater than all before and than those of all entries taken in. Ask for it just before sealing.
  [[nodiscard]] std::uint64_t next_generation() noexcept { return ++generation_; }
  /// Stores or replaces; if the outcome is neither, nothing has changed. A generation must be later than every other
  /// one put into the same shard, so that those of a key grow even over a removal: on `outdated`, take the next one and
  /// seal again. Throws std::length_error for an owner of more than 65,535 bytes, a profile of more than 511, 4 GiB
  /// of sealed bytes, and terms that no record can have (docs/sealed-record.md).
  [[nodiscard]] put_outcome put(owner_view owner, entry_key_view key, std::string_view sealed, const entry_terms& terms,
                                time_point now);
  /// The same for an entry that another cache has sealed: it must be later than the one it replaces, no more.
  [[nodiscard]] put_outcome take_in(owner_view owner, entry_key_view key, std::string_view sealed,
                                    const entry_terms& terms, time_point now);
  /// Copies the entry if it is there and `now` is before its deadline. `count` says whether this is a read.
  [[nodiscard]] bool get(owner_view owner, entry_key_view key, time_point now, cached_entry& out, bool count = true);
  /// Takes back a read that get() has counted: nobody was answered. Nothing if the entry has gone or was replaced.
  void uncount(owner_view owner, const counted_read& read) noexcept;
  /// The keys of an owner's living entries, in the order in which they were added.
  [[nodiscard]] std::vector<entry_key> keys_of(owner_view owner, time_point now) const;
  /// Wipes and frees. Returns false if there was no living entry.
  bool remove(owner_view owner, entry_key_view key, time_point now);
  /// The same for many of an owner at once. Returns the keys that had a living entry, sorted.
  std::vector<entry_key> remove_each(owner_view owner, std::vector<entry_key> keys, time_point now);

  /// Visits the living entries of one shard, those of an owner in the order of keys_of(), under its lock: `visit`
  /// should be quick, and of the store it may call key_of and names_of alone. Between two shards entries may come and go.
  void for_each(std::size_t shard, time_point now, const std::function<void(const entry_view&)>& visit) const;

  // As credential_cache says.
  std::size_t sweep(time_point now, std::size_t most);
  [[nodiscard]] time_point next_deadline() noexcept;
  std::size_t count_due(std::size_t shard, std::span<const time_point> deadlines, std::span<std::size_t> counts) const;

  [[nodiscard]] std::size_t entries() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;
  [[nodiscard]] const cache_limits& limits() const noexcept { return limits_; }

 private:
  struct guarded_shard;  // a cache_shard with its lock
  struct interned;       // keys and lists of names

  [[nodiscard]] guarded_shard& shard_for(std::uint64_t hash) const noexcept;
  [[nodiscard]] put_outcome store(owner_view owner, entry_key_view key, std::string_view sealed,
                                  const entry_terms& terms, time_point now, bool taken_in);
  [[nodiscard]] bool reserve(std::size_t entries, std::size_t bytes) noexcept;
  void release(std::size_t entries, std::size_t bytes) noexcept;
  bool evict_soonest();
  void lower_earliest(time_point deadline) noexcept;

  cache_limits limits_;
  std::shared_ptr<observer> observer_;
  std::unique_ptr<guarded_shard[]> shards_;
  std::unique_ptr<interned> interned_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::size_t> entries_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<time_point::rep> earliest_;  // not later than the earliest deadline
};

}  // namespace credcache::inline v1
