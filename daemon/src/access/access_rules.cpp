#include "access/access_rules.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "platform/peer_identity.hpp"

namespace credcached::access {
namespace {

constexpr std::string_view isv_prefix = "isv:";
/// Accounts remembered at most: peers of a machine are few, and a forgotten one is looked up again.
constexpr std::size_t most_accounts = 1024;

}  // namespace

void token_set::add(std::string name, std::optional<std::string> user, std::string_view text) {
  credcache::locked_memory memory(text.size());
  std::memcpy(memory.bytes().data(), text.data(), text.size());
  tokens_.push_back({std::move(name), std::move(user), std::move(memory), text.size()});
}

std::optional<std::size_t> token_set::find(std::string_view presented) const noexcept {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const auto bytes = tokens_[i].memory.bytes();
    const std::string_view expected(reinterpret_cast<const char*>(bytes.data()), tokens_[i].size);
    if (credcache::equal_constant_time(expected, presented)) found = i;
  }
  return found;
}

access_policy::access_policy(std::vector<config::access_rule> rules, std::shared_ptr<const token_set> tokens)
    : tokens_(std::move(tokens)), own_uid_(::geteuid()) {
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
    rules_.push_back(std::move(resolved));
  }
}

const access_policy::account& access_policy::account_of(uid_t uid) {
  const auto found = accounts_.find(uid);
  if (found != accounts_.end()) return found->second;
  if (accounts_.size() >= most_accounts) accounts_.clear();
  const auto login = platform::login_name(uid).value();  // throws if the user database cannot be asked
  return accounts_.emplace(uid, account{login.value_or(std::to_string(uid)), platform::groups_of(uid)}).first->second;
}

const std::string& access_policy::default_owner(const subject& who) {
  static const std::string none;
  if (who.token) return tokens_->user(*who.token) ? *tokens_->user(*who.token) : none;
  return account_of(who.peer->uid).login;
}

bool access_policy::is_peer(const resolved_rule& rule, const subject& who) {
  if (who.token || rule.token) {
    const bool local_parts = rule.uid || rule.gid || rule.group;
    return who.token && rule.token && !local_parts && *rule.token == tokens_->name(*who.token);
  }
  if (rule.uid && *rule.uid != who.peer->uid) return false;
  const auto is_member = [&](gid_t gid) {
    if (who.peer->gid == gid) return true;
    const auto& groups = account_of(who.peer->uid).groups;
    return std::find(groups.begin(), groups.end(), gid) != groups.end();
  };
  if (rule.gid && !is_member(*rule.gid)) return false;
  return !rule.group_id || is_member(*rule.group_id);
}

bool access_policy::is_owner(const resolved_rule& rule, const subject& who, credcache::owner_view owner) {
  const auto is = [&](std::string_view named) {
    if (named == "*") return true;
    if (named == "self") {
      return owner.kind == credcache::owner_kind::user && !owner.name.empty() && owner.name == default_owner(who);
    }
    if (named.starts_with(isv_prefix)) {
      const std::string_view isv = named.substr(isv_prefix.size());
      return owner.kind == credcache::owner_kind::isv && (isv == "*" || isv == owner.name);
    }
    return owner.kind == credcache::owner_kind::user && named == owner.name;
  };
  return rule.owners.empty() ? is("self") : std::any_of(rule.owners.begin(), rule.owners.end(), is);
}

bool access_policy::first_match_allows(const subject& who, config::action what, credcache::owner_view owner,
                                       std::string_view csp) {
  for (const resolved_rule& rule : rules_) {
    if (!rule.actions.empty() && std::find(rule.actions.begin(), rule.actions.end(), what) == rule.actions.end())
      continue;
    if (!is_peer(rule, who)) continue;
    // The catalogue and the daemon's own state belong to no owner.
    if (what != config::action::admin && !is_owner(rule, who, owner)) continue;
    const bool every_csp = rule.csps.empty() || std::find(rule.csps.begin(), rule.csps.end(), "*") != rule.csps.end();
    if (csp.empty()) {
      if (rule.allow || every_csp) return rule.allow;  // a refusal for some csps leaves the others open
      continue;
    }
    const bool this_csp = every_csp || std::any_of(rule.csps.begin(), rule.csps.end(), [&](const std::string& named) {
                            return credcache::equal_ignoring_case(named, csp);
                          });
    if (this_csp) return rule.allow;
  }
  return false;
}

bool access_policy::knows(const subject& who) {
  if (rules_.empty()) return allows(who, config::action::list, {credcache::owner_kind::user, ""}, "");
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const resolved_rule& rule) { return rule.allow && is_peer(rule, who); });
}

}  // namespace credcached::access
