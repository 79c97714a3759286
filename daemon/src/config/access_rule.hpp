// An access rule as the configuration has it (docs/access.md), and the actions that it is about.
//
// A plain aggregate.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace credcached::config {

enum class action : std::uint8_t { add, list, remove, resolve, verify, admin };
inline constexpr std::array<std::string_view, 6> action_names{"add", "list", "remove", "resolve", "verify", "admin"};
[[nodiscard]] constexpr std::string_view to_string(action a) noexcept {
  return action_names[static_cast<std::size_t>(a)];
}

/// One access rule. Every part of the peer that is given must match; the first rule that matches peer, action, owner,
/// csp and profile decides; if none does, the request is refused.
struct access_rule {
  std::optional<std::string> user, group;  ///< login or group name of the peer (supplementary groups count)
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<std::string> token;  ///< name of a token
  std::vector<action> actions;       ///< empty: all
  /// "alice", "isv:acme", "self" (the peer's login or its token's user), "*"; empty: self
  std::vector<std::string> owners;
  std::vector<std::string> csps;      ///< canonical names or "*"; empty: all
  std::vector<std::string> profiles;  ///< "" is those without one; empty: all
  bool allow = true;
  std::size_t line = 0;  ///< where it begins in the configuration file
};

}  // namespace credcached::config
