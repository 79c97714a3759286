// How much a cache holds and how long a credential lives, with their defaults.
//
// Plain aggregates. The defaults stand here and nowhere else: the daemon's settings are made of these.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace credcache {

enum class eviction_policy : std::uint8_t {
  refuse,          ///< a full cache refuses new entries
  soonest_expiry,  ///< a full cache drops the entry that would die first
};

struct cache_limits {
  std::size_t entries = 1'000'000;
  std::size_t bytes = std::size_t{1} << 30;  ///< of entries with their headers, index not counted
  std::size_t entries_per_owner = 1'024;
  eviction_policy eviction = eviction_policy::refuse;
};

struct lifetime_limits {
  std::chrono::seconds standard{3600};      ///< when a caller names no time to live
  std::chrono::seconds longest{2'592'000};  ///< 30 days
};

}  // namespace credcache
