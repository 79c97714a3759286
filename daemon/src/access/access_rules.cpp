#include "access/access_rules.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

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

}  // namespace

access_rules::access_rules(std::vector<config::access_rule> rules, uid_t own_uid) : own_uid_(own_uid) {
  for (config::access_rule& rule : rules) {
    resolved_rule resolved{std::move(rule), std::nullopt};
    if (resolved.user) {
      const auto uid = platform::uid_of(*resolved.user);
      if (!uid) throw std::runtime_error("access rule: there is no user \"" + *resolved.user + "\" on this machine");
      if (resolved.uid && resolved.uid != uid) throw std::runtime_error("access rule: user and uid are two accounts");
      resolved.uid = uid;
    }
    if (resolved.group) {
      resolved.group_id = platform::gid_of(*resolved.group);
      if (!resolved.group_id) {
        throw std::runtime_error("access rule: there is no group \"" + *resolved.group + "\" on this machine");
      }
    }
    names_groups_ = names_groups_ || resolved.group_id || resolved.gid;
    names_profiles_ = names_profiles_ || !resolved.profiles.empty();
    rules_.push_back(std::move(resolved));
  }
}

bool access_rules::first_match_allows(const caller& caller, config::action action, credcache::owner_view owner,
                                      std::string_view csp, std::optional<std::string_view> profile) const {
  for (const resolved_rule& rule : rules_) {
    if (!contains_or_is_empty(rule.actions, action) || !is_for_caller(rule, rule.group_id, caller)) continue;
    // The catalog and the daemon's own state belong to no owner.
    if (action != config::action::admin && !is_for_owner(rule, caller, owner)) continue;
    const bool every_csp = contains_or_is_empty(rule.csps, "*");
    const bool this_csp = every_csp || std::any_of(rule.csps.begin(), rule.csps.end(), [&](const std::string& named) {
                            return csp.empty() || credcache::equal_ignoring_case(named, csp);
                          });
    const bool this_profile = rule.profiles.empty() || !profile || contains(rule.profiles, *profile);
    if (!this_csp || !this_profile) continue;
    // A refusal for some csps or profiles leaves the others open.
    const bool open_to_others = (csp.empty() && !every_csp) || (!profile && !rule.profiles.empty());
    if (rule.allow || !open_to_others) return rule.allow;
  }
  return false;
}

bool access_rules::serves(const caller& caller) const {
  if (rules_.empty()) return allows(caller, config::action::list, {credcache::owner_kind::user, ""}, "");
  return std::any_of(rules_.begin(), rules_.end(), [&](const resolved_rule& rule) {
    return rule.allow && is_for_caller(rule, rule.group_id, caller);
  });
}

}  // namespace credcached::access
