#include "access/rule_review.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace credcached::access {
namespace {

using config::action;

// Whether whatever `later` asks of a peer is enough for `earlier`.
bool covers_peers(const ready_rule& earlier, const ready_rule& later) {
  const auto asks_no_more = [](const auto& part, const auto& same_of_later) { return !part || part == same_of_later; };
  return earlier.token == later.token && asks_no_more(earlier.uid, later.uid) &&
         (asks_no_more(earlier.gid, later.gid) || earlier.gid == later.group_id) &&
         (asks_no_more(earlier.group_id, later.group_id) || earlier.group_id == later.gid);
}

bool covers_owner(const ready_rule& earlier, const std::string& named) {
  if (earlier.owners.empty()) return named == "self";
  return std::ranges::any_of(earlier.owners, [&](const std::string& owner) {
    return owner == "*" || owner == named || (owner == "isv:*" && named.starts_with("isv:"));
  });
}

bool covers_owners(const ready_rule& earlier, const ready_rule& later) {
  if (later.owners.empty()) return covers_owner(earlier, "self");
  return std::ranges::all_of(later.owners, [&](const std::string& named) { return covers_owner(earlier, named); });
}

bool covers_csps(const ready_rule& earlier, const ready_rule& later) {
  if (earlier.is_for_every_csp()) return true;
  return !later.is_for_every_csp() && std::ranges::all_of(later.csps, [&](const std::string& csp) {
    return std::ranges::find(earlier.csps, csp) != earlier.csps.end();
  });
}

bool covers_profiles(const ready_rule& earlier, const ready_rule& later) {
  if (earlier.profiles.empty()) return true;
  return !later.profiles.empty() && std::ranges::all_of(later.profiles, [&](const std::string& profile) {
    return std::ranges::find(earlier.profiles, profile) != earlier.profiles.end();
  });
}

// Admin is asked for no owner, no csp and no profile.
bool decides_before(const ready_rule& earlier, const ready_rule& later, action asked) {
  if (!earlier.is_for_action(asked) || !covers_peers(earlier, later)) return false;
  if (asked == action::admin) return earlier.allow || (earlier.is_for_every_csp() && earlier.profiles.empty());
  return covers_owners(earlier, later) && covers_csps(earlier, later) && covers_profiles(earlier, later);
}

// The token's own user, as `self` means it.
bool has_no_self(const ready_rule& rule, const config::settings& settings) {
  if (!rule.token || !std::ranges::all_of(rule.owners, [](const std::string& owner) { return owner == "self"; }))
    return false;
  const auto token = std::ranges::find(settings.tokens, *rule.token, &config::token::name);
  return token == settings.tokens.end() || !token->user;
}

bool listens(const config::settings& settings, config::listener::kind transport) {
  // Without any there is the default socket, and systemd may hand over others.
  return settings.listeners.empty() ? transport == config::listener::kind::unix_socket
                                    : std::ranges::any_of(settings.listeners, [&](const config::listener& l) {
                                        return l.transport == transport;
                                      });
}

class reviewer {
 public:
  reviewer(std::span<const ready_rule> rules, const config::settings& settings, std::span<const action> asked_for)
      : rules_(rules), settings_(settings), asked_for_(asked_for) {}

  // Why nothing comes to this rule; "" if something may.
  [[nodiscard]] std::string why_unused(const ready_rule& rule) const {
    std::vector<action> possible;
    std::ranges::copy_if(asked_for_, std::back_inserter(possible), [&](action a) { return rule.is_for_action(a); });
    if (possible.empty()) return "no request has such an action";
    if (rule.token && !listens(settings_, config::listener::kind::tcp))
      return "tokens are for tcp: addresses, and listen names none";
    if (!rule.token && !listens(settings_, config::listener::kind::unix_socket))
      return "peers come to unix: addresses, and listen names none";
    if (rule.token && (rule.uid || rule.gid || rule.group)) return "whoever brings a token has no account here";
    if (has_no_self(rule, settings_)) {
      std::erase_if(possible, [](action a) { return a != action::admin; });
      if (possible.empty()) return "token " + *rule.token + " has no user, so it is nobody's own";
    }
    return decided_before(rule, possible);
  }

  [[nodiscard]] bool lets_somebody_administer() const {
    constexpr action admin = action::admin;
    return std::ranges::any_of(rules_, [&](const ready_rule& rule) {
      return rule.allow && rule.is_for_action(admin) && decided_before(rule, {admin}).empty();
    });
  }

 private:
  [[nodiscard]] std::string decided_before(const ready_rule& rule, const std::vector<action>& possible) const {
    std::set<std::size_t> lines;
    for (const action asked : possible) {
      const auto earlier = std::find_if(
          rules_.data(), &rule, [&](const ready_rule& candidate) { return decides_before(candidate, rule, asked); });
      if (earlier == &rule) return "";
      lines.insert(earlier->line);
    }
    std::vector<std::string> texts;
    for (const std::size_t line : lines) texts.push_back(std::to_string(line));
    return "all of it is decided before, by line " + credcache::joined(texts);
  }

  std::span<const ready_rule> rules_;
  const config::settings& settings_;
  std::span<const action> asked_for_;
};

}  // namespace

std::vector<std::string> review_rules(const access_rules& rules, const config::settings& settings,
                                      std::span<const action> asked_for) {
  if (rules.rules().empty()) return {};
  const reviewer review(rules.rules(), settings, asked_for);
  std::vector<std::string> sentences;
  for (const ready_rule& rule : rules.rules()) {
    if (const std::string why = review.why_unused(rule); !why.empty())
      sentences.push_back(settings.config_file + ":" + std::to_string(rule.line) +
                          ": this access rule can never match: " + why + ".");
  }
  if (!review.lets_somebody_administer())
    sentences.push_back(
        settings.config_file +
        ": no access rule lets anybody ask for the status and the metrics (action admin), not even root "
        "and the user of the daemon: with the first rule they need one, too.");
  return sentences;
}

}  // namespace credcached::access
