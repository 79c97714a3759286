// One verb's conversation with the daemon: the socket, the owner it acts for, and what to say when the daemon refuses.
//
// Thread safety: none.
// Failure:       client::unreachable.
#pragma once

#include <string_view>

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
  /// POST /xpanse/user/credentials, or its sister for ISVs.
  [[nodiscard]] client::response add(std::string_view body) const;

 private:
  const connection_options& options_;
  client::http_client client_;
};

/// csp, site, type and name as query parameters.
client::target& with(client::target& target, const selector& selection);

/// Seconds as text, for what parse_duration has accepted before; empty for nothing.
[[nodiscard]] std::string in_seconds(std::string_view duration);

/// Prints the details of a refusal and what to do next; returns the exit code. `csp` is what the hint is about.
int report(const client::response& answer, std::string_view csp = {});

}  // namespace credcached::cli
