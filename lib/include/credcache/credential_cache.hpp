// The cache: what every credential_service over it has added, sealed, each entry until its deadline. It never sees a
// plaintext and never reads a clock.
//
// Services add, read and remove (credential_service.hpp). The program that embeds them bounds the cache, is told by an
// observer what ends, and wipes what is due: it sleeps until next_deadline() and calls sweep(). An entry whose deadline
// has passed is not handed out even if no sweep has come.
//
// Thread safety: every function may be called from any thread.
// Ownership:     the cache owns its entries and wipes them before it frees them. It shares the observer.
// Failure:       std::bad_alloc at construction; afterwards nothing here fails.
// Time:          an argument (clock.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "credcache/clock.hpp"
#include "credcache/limits.hpp"
#include "credcache/observer.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

enum class put_outcome : std::uint8_t {
  added,
  replaced,
  owner_full,
  cache_full,
  outdated,  ///< a later generation has come first
  present,   ///< there is a living entry, and none was to be replaced
};

class [[gnu::visibility("hidden")]] entry_store;  // the entries themselves; for the library's own sources

class credential_cache {
 public:
  explicit credential_cache(cache_limits limits = {}, std::shared_ptr<observer> heard_by = nullptr);
  ~credential_cache();
  credential_cache(const credential_cache&) = delete;
  credential_cache& operator=(const credential_cache&) = delete;

  /// Wipes at most `most` entries whose deadline is not after `now`, tells the observer, and returns how many.
  std::size_t sweep(time_point now, std::size_t most);
  /// The earliest deadline, or time_point::max() if the cache is empty. The observer is told when an earlier one comes.
  [[nodiscard]] time_point next_deadline() noexcept;

  /// Looks through one of the `shards`: adds to each of `counts` how many of its entries have died by the time that stands
  /// in the same place of `deadlines`. Returns how many entries it has.
  std::size_t count_due(std::size_t shard, std::span<const time_point> deadlines, std::span<std::size_t> counts) const;

  /// How many entries there are, with those that are due and not swept yet.
  [[nodiscard]] std::size_t entries() const noexcept;
  /// Their bytes with their headers, index not counted.
  [[nodiscard]] std::size_t bytes() const noexcept;
  [[nodiscard]] const cache_limits& limits() const noexcept;

  /// The entries are divided among so many locks (credential_service::export_shard).
  static constexpr std::size_t shards = 256;

  [[nodiscard]] entry_store& store() noexcept { return *store_; }

 private:
  std::unique_ptr<entry_store> store_;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
