// Who may do what: the access rules of the configuration, made ready to be asked (docs/security.md, S7 and S8).
//
// The first rule that matches peer, action, owner, csp and profile decides; if none does, the answer is no. Without rules the
// daemon's own uid, root, and whoever brings a valid token may do everything.
//
// Thread safety: immutable; part of a snapshot and shared by the workers.
// Failure:       std::runtime_error if a rule names a user or group that this machine does not have.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "access/caller.hpp"
#include "config/settings.hpp"
#include "credcache/credential.hpp"

namespace credcached::access {

class access_rules {
 public:
  access_rules() = default;
  /// `own_uid` is the daemon's. Looks up the users and groups that rules name, which may take as long as the account
  /// database takes.
  access_rules(std::vector<config::access_rule> rules, uid_t own_uid);

  /// May `caller` do `action` for this owner, csp and profile (empty: those without one)? An empty csp or no profile asks
  /// whether it may for any.
  [[nodiscard]] bool allows(const caller& caller, config::action action, credcache::owner_view owner,
                            std::string_view csp, std::optional<std::string_view> profile = {}) const {
    // No rules: the daemon's own user and root, and whoever holds a token.
    if (rules_.empty()) return caller.token || caller.peer->uid == own_uid_ || caller.peer->uid == 0;
    return first_match_allows(caller, action, owner, csp, profile);
  }
  /// May `caller` do anything at all?
  [[nodiscard]] bool serves(const caller& caller) const;

  /// True if a rule is for some profiles only.
  [[nodiscard]] bool names_profiles() const noexcept { return names_profiles_; }
  /// True if a rule asks for the groups of a peer.
  [[nodiscard]] bool names_groups() const noexcept { return names_groups_; }
  [[nodiscard]] std::size_t size() const noexcept { return rules_.size(); }

 private:
  struct resolved_rule : config::access_rule {
    std::optional<gid_t> group_id;
  };
  [[nodiscard]] bool first_match_allows(const caller& caller, config::action action, credcache::owner_view owner,
                                        std::string_view csp, std::optional<std::string_view> profile) const;

  std::vector<resolved_rule> rules_;
  uid_t own_uid_ = 0;
  bool names_groups_ = false, names_profiles_ = false;
};

}  // namespace credcached::access
