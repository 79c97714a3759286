// Who may do what: the access rules of the configuration, made ready to be asked (docs/security.md, S7 and S8).
//
// The first rule that matches peer, action, owner and csp decides; if none does, the answer is no. Without rules the
// daemon's own uid, root, and whoever brings a valid token may do everything.
// Thread safety: a policy belongs to one worker (it remembers the groups of uids it has met). Replaced as a whole on
// reload.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/settings.hpp"
#include "credcache/cipher.hpp"
#include "credcache/credential.hpp"
#include "platform/peer.hpp"

namespace credcached::access {

/// The tokens of the configuration, in locked memory.
class token_set {
 public:
  void add(std::string name, std::optional<std::string> user, std::string_view text);
  /// The token that `presented` is, or nothing. Takes the same time whether and where they differ.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view presented) const noexcept;
  [[nodiscard]] const std::string& name(std::size_t index) const { return tokens_[index].name; }
  [[nodiscard]] const std::optional<std::string>& user(std::size_t index) const { return tokens_[index].user; }
  [[nodiscard]] bool empty() const noexcept { return tokens_.empty(); }

 private:
  struct entry {
    std::string name;
    std::optional<std::string> user;
    credcache::locked_memory memory;
    std::size_t size;
  };
  std::vector<entry> tokens_;
};

/// Who asks: a peer that the kernel has identified, or the bearer of a token.
struct subject {
  const platform::peer* peer = nullptr;
  std::optional<std::size_t> token;
};

class access_policy {
 public:
  access_policy(std::vector<config::access_rule> rules, std::shared_ptr<const token_set> tokens);

  /// May `who` do `what` for this owner and csp? An empty csp asks whether it may for any.
  [[nodiscard]] bool allows(const subject& who, config::action what, credcache::owner_view owner,
                            std::string_view csp) {
    // No rules: the daemon's own user and root, and whoever holds a token.
    if (rules_.empty()) return who.token || who.peer->uid == own_uid_ || who.peer->uid == 0;
    return first_match_allows(who, what, owner, csp);
  }
  /// May `who` do anything at all?
  [[nodiscard]] bool knows(const subject& who);

  /// The owner that requests of `who` are for when they name none: login name, or the token's user.
  [[nodiscard]] const std::string& default_owner(const subject& who);
  [[nodiscard]] const token_set& tokens() const noexcept { return *tokens_; }

 private:
  // What the account database says of a uid, looked up once.
  struct account {
    std::string login;
    std::vector<gid_t> groups;
  };
  const account& account_of(uid_t uid);
  struct resolved_rule : config::access_rule {
    std::optional<gid_t> group_id;
  };
  [[nodiscard]] bool first_match_allows(const subject& who, config::action what, credcache::owner_view owner,
                                        std::string_view csp);
  [[nodiscard]] bool is_peer(const resolved_rule& rule, const subject& who);
  [[nodiscard]] bool is_owner(const resolved_rule& rule, const subject& who, credcache::owner_view owner);

  std::vector<resolved_rule> rules_;
  std::shared_ptr<const token_set> tokens_;
  uid_t own_uid_;
  std::unordered_map<uid_t, account> accounts_;
};

}  // namespace credcached::access
