// What can be said of a configuration without serving it: what `serve` would refuse, what it would warn of, and what its
// access rules decide. Nothing outside is changed: no file is made and no socket opened.
//
// Thread safety: as read_snapshot, which refuses and warns with the same functions.
// Failure:       std::exception with one line for the user, that of serve.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access_rules.hpp"
#include "access/tokens.hpp"
#include "config/settings.hpp"

namespace credcached::server {

/// Refuses a name under `environment` that is a secret's, or that no definition reads.
void check_environment(const config::settings& settings, const credcache::provider_catalog& catalog);

/// Refuses a token that has the text of an earlier one.
void check_own_text(const access::token_set& earlier, const config::token& token, std::string_view text);

/// Sentences about what was probably not meant: rules that nothing comes to, files that others may change. `own` are the
/// definition files of the folder.
[[nodiscard]] std::vector<std::string> warnings_about(const config::settings& settings,
                                                      const access::access_rules& rules,
                                                      std::span<const credcache::definition_file> own);

struct checked_configuration {
  std::shared_ptr<const credcache::provider_catalog> catalog;
  std::size_t own_definitions = 0;  ///< files of the folder
  access::access_rules rules;
  std::vector<std::string> warnings;
};
/// As the user of this process, who is taken for the one that serves. What only another user can read is not checked,
/// and a warning says so.
[[nodiscard]] checked_configuration check_configuration(const config::settings& settings);

/// A question to the rules.
struct request_of {
  std::string user{}, token{};  ///< who asks: a login name or uid, or the name of a token
  config::action action = config::action::resolve;
  std::string owner{};                   ///< a user, or isv:NAME; empty: who asks
  std::string csp{};                     ///< empty: whether for any
  std::optional<std::string> profile{};  ///< empty text: the one without; none: whether for any
};
struct answer_to {
  bool allowed;
  std::string text;  ///< "allowed by line 12", "refused: no rule matches"
};
/// The groups of a user are those that the account database has.
[[nodiscard]] answer_to decide(const checked_configuration& checked, const config::settings& settings,
                               const request_of& request);

}  // namespace credcached::server
