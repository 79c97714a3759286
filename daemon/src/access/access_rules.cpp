#include "access/access_rules.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/spelling.hpp"
#include "base/text.hpp"
#include "platform/peer_identity.hpp"

namespace credcached::access {
namespace {

constexpr std::string_view isv_prefix = "isv:";

bool contains(const auto& list, const auto& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool contains_or_is_empty(const auto& list, const auto& wanted) {
  return list.empty() || contains(list, wanted);
}

bool is_member(const platform::peer& peer, gid_t group) {
  return peer.gid == group ||
         (peer.groups && std::find(peer.groups->begin(), peer.groups->end(), group) != peer.groups->end());
}

bool is_for_caller(const config::access_rule& rule, std::optional<gid_t> group_id, const caller& caller) {
  if (caller.token || rule.token) {
    const bool local_parts = rule.uid || rule.gid || rule.group;
    return caller.token && rule.token && !local_parts && *rule.token == caller.token_name;
  }
  const platform::peer& peer = *caller.peer;
  return (!rule.uid || *rule.uid == peer.uid) && (!rule.gid || is_member(peer, *rule.gid)) &&
         (!group_id || is_member(peer, *group_id));
}

// One name of a rule's owners.
bool means_owner(std::string_view named, const caller& caller, credcache::owner_view owner) {
  if (named == "*") return true;
  const bool is_user = owner.kind == credcache::owner_kind::user;
  if (named == "self") return is_user && !owner.name.empty() && owner.name == caller.default_owner;
  if (named.starts_with(isv_prefix)) {
    const std::string_view isv = named.substr(isv_prefix.size());
    return !is_user && (isv == "*" || isv == owner.name);
  }
  return is_user && named == owner.name;
}

bool is_for_owner(const config::access_rule& rule, const caller& caller, credcache::owner_view owner) {
  if (rule.owners.empty()) return means_owner("self", caller, owner);
  return std::any_of(rule.owners.begin(), rule.owners.end(),
                     [&](const std::string& named) { return means_owner(named, caller, owner); });
}

// "FILE:LINE: found …, expected …" for a rule.
[[noreturn]] void refuse(const config::settings& settings, const config::access_rule& rule, const std::string& text) {
  throw std::runtime_error(settings.config_file + ":" + std::to_string(rule.line) + ": access: " + text);
}

}  // namespace

bool ready_rule::is_for_action(config::action action) const noexcept {
  return contains_or_is_empty(actions, action);
}

bool ready_rule::is_for_every_csp() const noexcept {
  return contains_or_is_empty(csps, "*");
}

access_rules::access_rules(const config::settings& settings, uid_t own_uid, const credcache::provider_catalog& catalog)
    : own_uid_(own_uid) {
  for (const config::access_rule& rule : settings.access) {
    ready_rule ready{rule, std::nullopt};
    if (rule.user) {
      const auto uid = platform::uid_of(*rule.user);
      if (!uid) refuse(settings, rule, "found user " + credcache::shown(*rule.user) + ", expected one of this machine");
      if (rule.uid && rule.uid != uid)
        refuse(settings, rule, "found a user and a uid that are two accounts, expected one of them alone");
      ready.uid = uid;
    }
    if (rule.group) {
      ready.group_id = platform::gid_of(*rule.group);
      if (!ready.group_id)
        refuse(settings, rule, "found group " + credcache::shown(*rule.group) + ", expected one of this machine");
    }
    for (std::string& named : ready.csps) {
      if (named == "*") continue;
      const auto* const csp = catalog.find_csp(named);
      if (csp == nullptr) {
        std::vector<std::string_view> names;
        for (const auto& known : catalog.csps()) names.emplace_back(known.name);
        refuse(settings, rule,
               "found csp " + credcache::shown(named) + ", expected one that has a definition, or \"*\"." +
                   credcache::did_you_mean(named, names));
      }
      named = csp->name;
    }
    names_groups_ = names_groups_ || ready.group_id || ready.gid;
    names_profiles_ = names_profiles_ || !ready.profiles.empty();
    rules_.push_back(std::move(ready));
  }
}

ruling access_rules::decide(const caller& caller, config::action action, credcache::owner_view owner,
                            std::string_view csp, std::optional<std::string_view> profile) const {
  // No rules: the daemon's own user and root, and whoever holds a token.
  if (rules_.empty()) return {caller.token || caller.peer->uid == own_uid_ || caller.peer->uid == 0};
  for (const ready_rule& rule : rules_) {
    if (!rule.is_for_action(action) || !is_for_caller(rule, rule.group_id, caller)) continue;
    // The catalog and the daemon's own state belong to no owner.
    if (action != config::action::admin && !is_for_owner(rule, caller, owner)) continue;
    const bool every_csp = rule.is_for_every_csp();
    const bool this_csp = every_csp || std::any_of(rule.csps.begin(), rule.csps.end(), [&](const std::string& named) {
                            return csp.empty() || credcache::equal_ignoring_case(named, csp);
                          });
    const bool this_profile = rule.profiles.empty() || !profile || contains(rule.profiles, *profile);
    if (!this_csp || !this_profile) continue;
    // A refusal for some csps or profiles leaves the others open.
    const bool open_to_others = (csp.empty() && !every_csp) || (!profile && !rule.profiles.empty());
    if (rule.allow || !open_to_others) return {rule.allow, &rule};
  }
  return {};
}

bool access_rules::serves(const caller& caller) const {
  if (rules_.empty()) return allows(caller, config::action::list, {credcache::owner_kind::user, ""}, "");
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const ready_rule& rule) { return rule.allow && is_for_caller(rule, rule.group_id, caller); });
}

}  // namespace credcached::access
