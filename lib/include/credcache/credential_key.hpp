// Which credential and whose: its type, its key, and its owner.
//
// Thread safety: plain values, copyable and comparable.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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
  std::string name;       ///< of the definition
  std::string profile{};  ///< which of several accounts, case-sensitive; empty: the one without a profile
  auto operator<=>(const credential_key&) const = default;
};

/// A key whose text somebody else keeps alive for the length of a call.
struct credential_key_view {
  std::string_view csp, site;
  credential_type type = credential_type::variables;
  std::string_view name, profile;
  credential_key_view(const credential_key& key, std::string_view profile_of_it) noexcept
      : csp(key.csp), site(key.site), type(key.type), name(key.name), profile(profile_of_it) {}
  credential_key_view(const credential_key& key) noexcept : credential_key_view(key, key.profile) {}
};

/// The longest profile, in characters (Unicode code points).
inline constexpr std::size_t longest_profile = 64;

/// What becomes of a request that names no profile while several are cached.
enum class several : std::uint8_t {
  first,   ///< the one without a profile, else the one that was added first
  refuse,  ///< error::several_found
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
