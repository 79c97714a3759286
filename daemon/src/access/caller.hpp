// Who asks, after authentication: a peer that the kernel has named, or the bearer of a token.
//
// A plain value; its texts belong to the peer and to the snapshot that the request is answered with.
#pragma once

#include <optional>
#include <string_view>

#include "access/tokens.hpp"
#include "config/settings.hpp"
#include "http/request.hpp"
#include "platform/peer.hpp"

namespace credcached::access {

struct caller {
  const platform::peer* peer = nullptr;
  std::optional<std::size_t> token;  ///< its index, for a caller over TCP
  std::string_view token_name;       ///< what rules and the audit call it
  std::string_view default_owner;    ///< whom requests are for that name no owner: login name, or the token's user
};

/// Finds the caller of a request: on a Unix socket the peer, on TCP whoever `Authorization: Bearer` names. False if there
/// is no such token.
[[nodiscard]] bool authenticate(const http::request& request, config::listener::kind transport, const token_set& tokens,
                                caller& found);

}  // namespace credcached::access
