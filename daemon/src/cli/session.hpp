// One verb's conversation with the daemon: the socket, the owner it acts for, and what to say when the daemon refuses.
// Hints repeat the flags that were given, so that they can be pasted.
//
// Thread safety: none.
// Failure:       client::unreachable.
#pragma once

#include <string_view>

#include "api/error.hpp"
#include "cli/verbs.hpp"
#include "client/http_client.hpp"

namespace credcached::cli {

class session {
 public:
  explicit session(const connection_options& options);

  /// The native API, in the name of the owner.
  [[nodiscard]] client::response get(client::target target) const { return send("GET", std::move(target)); }
  [[nodiscard]] client::response send(std::string_view method, client::target target) const;
  /// What is the same for every owner: csps and capabilities.
  [[nodiscard]] client::response look_up(const client::target& target) const;
  /// POST /xpanse/user/credentials, or its sister for ISVs; the answer says what was done. With `only_new` what is there
  /// already is not replaced.
  [[nodiscard]] client::response add(std::string_view body, bool only_new) const;

  /// Prints the details of a refusal and what to do next; returns the exit code. `about` is what was asked for.
  int report(const client::response& answer, const selector& about = {}) const;
  /// Prints what to do next.
  void hint(api::next_step next, const selector& about = {}) const;

 private:
  const connection_options& options_;
  client::http_client client_;
};

/// What is selected, as query parameters.
client::target& with(client::target& target, const selector& selection);

/// Seconds as text, for what parse_duration has accepted before; empty for nothing.
[[nodiscard]] std::string in_seconds(std::string_view duration);

}  // namespace credcached::cli
