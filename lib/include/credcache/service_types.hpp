// What goes into a credential_service and what comes out, as value types. What resolve and explain take and give is in
// resolution.hpp and explanation.hpp.
//
// Thread safety: plain values. An add_request holds secrets and can only be moved.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credcache/credential.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

struct add_request {
  credential_key key{};                 ///< csp in any spelling
  std::optional<secret> description{};  ///< a caller may write anything into it: kept like the values
  std::vector<given_variable> variables{};
  std::optional<std::chrono::seconds> time_to_live{};  ///< at least 1 s; none of these two: lifetime_limits::standard
  std::optional<wall_time> expires_at{};               ///< to come; not both of them
  bool only_new = false;                               ///< leave a living credential of the same key as it is
};

enum class add_outcome : std::uint8_t {
  added,
  replaced,  ///< there was a living credential of the same key
};

/// Which cached credentials of an owner a removal means: every part that is given must match.
struct removal {
  std::optional<std::string> csp{};   ///< name or xpanse constant, in any case; the name if its definition is gone
  std::optional<std::string> site{};  ///< case-sensitive
  std::optional<credential_type> type{};
  std::optional<std::string> name{};     ///< of the definition, case-sensitive
  std::optional<std::string> profile{};  ///< case-sensitive; empty: the one without a profile

  /// True if nothing is given.
  [[nodiscard]] bool empty() const noexcept { return !csp && !site && !type && !name && !profile; }
  /// True if every part that is given matches. `csp` must be a name here, not a constant.
  [[nodiscard]] bool selects(const credential_key& key) const noexcept;
};

/// What became of the records that import_records was given.
struct import_report {
  std::size_t taken_in = 0;
  std::size_t expired = 0;
  std::size_t outdated = 0;  ///< a later generation is cached already
  std::size_t refused = 0;   ///< another key or version, damaged, over the longest time to live, or no room
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
