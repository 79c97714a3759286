// How much a credential and a cache hold and how long a credential lives, with the defaults.
//
// Plain values. They stand here and nowhere else: the catalog and the daemon's settings take them from here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

inline constexpr std::size_t longest_value = 65'535;       ///< bytes of a value, or of a description
inline constexpr std::size_t longest_owner_name = 65'535;  ///< bytes; a sealed record has no room for more
inline constexpr std::size_t most_variables = 64;          ///< of one credential

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

}  // namespace credcache::inline v1
#pragma GCC visibility pop
