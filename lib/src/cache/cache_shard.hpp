// One shard of the cache: an index from owner to the chain of its entries, the one that was added first in front, and a
// heap of deadlines.
//
// No lock, no clock, no limits of its own: credential_cache brings them. A shard stays small (a 256th of the cache), so
// that no growth of its tables is long. Failure: insert() throws std::bad_alloc before anything has changed; the rest
// does not fail.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <limits>
#include <span>
#include <vector>

#include "cache/cache_entry.hpp"

namespace credcache::inline v1 {

class cache_shard {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  cache_shard() = default;
  cache_shard(const cache_shard&) = delete;
  cache_shard& operator=(const cache_shard&) = delete;
  ~cache_shard();

  /// The first entry of an owner's chain (cache_entry::next leads on), or null.
  [[nodiscard]] cache_entry* first_of(owner_view owner, std::uint32_t hash) const noexcept;
  [[nodiscard]] cache_entry* find(owner_view owner, std::uint32_t hash, entry_key_view key) const noexcept;

  /// Size and generation of the owner's entry of this key (alive or not, 0: none), and how many living ones it has of
  /// other keys.
  struct owner_count {
    std::size_t same_key;
    std::uint64_t generation;
    std::size_t others;
  };
  [[nodiscard]] owner_count count_of(owner_view owner, std::uint32_t hash, entry_key_view key,
                                     std::int64_t now) const noexcept;

  /// Takes the entry in, and returns the one of the same owner and key that it replaces, or null. If that one was alive,
  /// the entry takes its place in the chain, else it is the last.
  entry_ptr insert(entry_ptr entry, std::int64_t now = 0);
  /// Takes an entry of this shard out.
  [[nodiscard]] entry_ptr take(cache_entry* entry) noexcept;
  /// Takes the owner's living entries of `keys` (sorted) out in one pass over its chain. `taken` has room for them.
  void take_each(owner_view owner, std::uint32_t hash, std::span<const entry_key> keys, std::int64_t now,
                 std::vector<entry_ptr>& taken) noexcept;
  /// Takes the entry with the earliest deadline out if that is not after `now`, else null.
  [[nodiscard]] entry_ptr take_due(std::int64_t now) noexcept;

  /// Calls `visit` with every entry, those of an owner in the order of their chain.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const chain& owner : owners_) {
      for (const cache_entry* e = owner.first; e != nullptr; e = e->next) visit(*e);
    }
  }

  /// Calls `visit` with the deadline of every entry, without looking at the entries; returns how many there are.
  template <class Visit>
  std::size_t for_each_deadline(Visit visit) const {
    for (const due& item : heap_) visit(item.deadline);
    return heap_.size();
  }

  [[nodiscard]] std::int64_t next_deadline() const noexcept { return heap_.empty() ? never : heap_.front().deadline; }

 private:
  // What the index looks an owner up by.
  struct wanted {
    owner_view owner;
    std::uint32_t hash;
  };
  struct chain {
    mutable cache_entry* first;  // not part of what is hashed: every entry of a chain has the same owner
  };
  struct owner_hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(const chain& c) const noexcept { return spread(c.first->owner_hash); }
    std::size_t operator()(const wanted& w) const noexcept { return spread(w.hash); }
    static std::size_t spread(std::uint32_t hash) noexcept { return hash * std::size_t{0x9E3779B97F4A7C15}; }
  };
  struct same_owner {
    using is_transparent = void;
    bool operator()(const chain& a, const chain& b) const noexcept { return a.first->belongs_to(b.first->owner()); }
    bool operator()(const wanted& w, const chain& c) const noexcept {
      return c.first->owner_hash == w.hash && c.first->belongs_to(w.owner);
    }
    bool operator()(const chain& c, const wanted& w) const noexcept { return (*this)(w, c); }
  };
  struct due {
    std::int64_t deadline;
    cache_entry* entry;
  };

  void reserve_heap();
  void put_in_heap(std::size_t index, due item) noexcept;
  void sift_up(std::size_t index, due item) noexcept;
  void sift_down(std::size_t index, due item) noexcept;
  void remove_from_heap(std::size_t index) noexcept;
  void unlink(cache_entry* entry) noexcept;

  boost::unordered_flat_set<chain, owner_hash, same_owner> owners_;
  std::vector<due> heap_;  // four children a node: fewer cache lines on the way down
};

}  // namespace credcache::inline v1
