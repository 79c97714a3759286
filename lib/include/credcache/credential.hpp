// The words of the library as value types: type, owner, key, origin, and what is shown of a cached credential.
//
// Thread safety: plain values, copyable and comparable. None of them holds a credential's values except given_variable.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/clock.hpp"
#include "credcache/secret.hpp"
#include "credcache/value_origin.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// The kinds of credential a csp may take; the numbering is the order in which they are listed.
enum class credential_type : std::uint8_t { variables, http_authentication, api_key, oauth2 };

/// "variables", "http_authentication", "api_key", "oauth2".
[[nodiscard]] std::string_view to_string(credential_type type) noexcept;
/// Accepts the name above and xpanse's constant (VARIABLES), without regard to case.
[[nodiscard]] std::optional<credential_type> credential_type_of(std::string_view text) noexcept;

/// True if both, of the same size, have the same letters.
[[nodiscard]] bool same_letters(std::string_view a, std::string_view b) noexcept;

/// Compares ASCII letters without regard to case, everything else byte by byte.
[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  // The size tells most names apart, and most that are the same are spelt alike.
  return a.size() == b.size() && (a == b || same_letters(a, b));
}

/// Users and ISVs are two separate name spaces: the same name in both is two owners.
enum class owner_kind : std::uint8_t { user, isv };

struct owner {
  owner_kind kind = owner_kind::user;
  std::string name;
  auto operator<=>(const owner&) const = default;
};

/// An owner named by text that somebody else keeps alive for the length of a call.
struct owner_view {
  owner_kind kind = owner_kind::user;
  std::string_view name;
  owner_view(owner_kind k, std::string_view n) noexcept : kind(k), name(n) {}
  owner_view(const owner& o) noexcept : kind(o.kind), name(o.name) {}
};

/// Names one cached entry of an owner.
struct credential_key {
  std::string csp;   ///< canonical spelling
  std::string site;  ///< case-sensitive
  credential_type type = credential_type::variables;
  std::string name;
  std::string profile{};  ///< which of several accounts; empty: the only one
  auto operator<=>(const credential_key&) const = default;
};

/// The number that a cache has for a credential_key, the same for the life of the cache (credential_service::key_of).
using slot_id = std::uint32_t;

/// One variable as a caller gives it.
struct given_variable {
  std::string name;        ///< the definition's name or one of its aliases
  secret value;            ///< blank counts as not given
  bool sensitive = false;  ///< callers can add sensitivity, never take it away
};

/// One variable of a listed credential. Non-sensitive values are plaintext like the others, hence `secret`.
struct listed_variable {
  std::size_t index;  ///< position in the definition
  bool sensitive;     ///< by definition or by the caller's wish: then `value` is empty
  secret value;
  std::string fingerprint;  ///< keyed, 16 hexadecimal digits: equal for equal values of one owner
};

/// A cached credential without its sensitive values.
struct listed_credential {
  credential_key key;
  secret description;  ///< what the caller gave, else empty
  std::chrono::seconds time_to_live{};
  time_point created, deadline;
  std::optional<time_point> last_read;
  std::uint64_t reads = 0;
  std::string fingerprint;  ///< of all values together
  std::vector<listed_variable> variables;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
