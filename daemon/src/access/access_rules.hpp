// Who may do what: the access rules of the configuration, made ready to be asked (docs/access.md; docs/security.md, S7
// and S8).
//
// The first rule that matches peer, action, owner, csp and profile decides; if none does, the answer is no. Without
// rules the daemon's own uid, root, and whoever brings a valid token may do everything.
//
// Thread safety: immutable; part of a snapshot and shared by the workers.
// Failure:       std::runtime_error "FILE:LINE: found …, expected …" if a rule names a user or group that this machine
//                does not have, or a csp that has no definition.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "access/caller.hpp"
#include "config/settings.hpp"
#include "credcache/credential.hpp"
#include "credcache/provider_catalog.hpp"

namespace credcached::access {

/// A rule with the numbers of its accounts and the canonical names of its csps.
struct ready_rule : config::access_rule {
  std::optional<gid_t> group_id;

  [[nodiscard]] bool is_for_action(config::action action) const noexcept;
  [[nodiscard]] bool is_for_every_csp() const noexcept;
};

struct ruling {
  bool allowed = false;
  const config::access_rule* rule = nullptr;  ///< the rule that decided; null: none matches, or there are none
};

class access_rules {
 public:
  access_rules() = default;
  /// The rules of `settings`. `own_uid` is the daemon's. Looks up the users and groups that rules name, which may take as
  /// long as the account database takes.
  access_rules(const config::settings& settings, uid_t own_uid, const credcache::provider_catalog& catalog);

  /// May `caller` do `action` for this owner, csp and profile (empty: those without one)? An empty csp or no profile asks
  /// whether it may for any.
  [[nodiscard]] ruling decide(const caller& caller, config::action action, credcache::owner_view owner,
                              std::string_view csp, std::optional<std::string_view> profile = {}) const;
  [[nodiscard]] bool allows(const caller& caller, config::action action, credcache::owner_view owner,
                            std::string_view csp, std::optional<std::string_view> profile = {}) const {
    return decide(caller, action, owner, csp, profile).allowed;
  }
  /// May `caller` do anything at all?
  [[nodiscard]] bool serves(const caller& caller) const;

  /// True if a rule is for some profiles only.
  [[nodiscard]] bool names_profiles() const noexcept { return names_profiles_; }
  /// True if a rule asks for the groups of a peer.
  [[nodiscard]] bool names_groups() const noexcept { return names_groups_; }
  [[nodiscard]] std::span<const ready_rule> rules() const noexcept { return rules_; }

 private:
  std::vector<ready_rule> rules_;
  uid_t own_uid_ = 0;
  bool names_groups_ = false, names_profiles_ = false;
};

}  // namespace credcached::access
