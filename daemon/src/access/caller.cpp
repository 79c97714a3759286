#include "access/caller.hpp"

#include "credcache/credential.hpp"

namespace credcached::access {

bool authenticate(const http::request& request, config::listener::kind transport, const token_set& tokens,
                  caller& found) {
  found = {request.peer, std::nullopt, {}, {}};
  if (transport == config::listener::kind::unix_socket) {
    if (request.peer->account) found.default_owner = request.peer->account->login;
    return true;
  }
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view given = request.field(http::field_id::authorization).value_or("");
  const bool bearer =
      given.size() > scheme.size() && credcache::equal_ignoring_case(given.substr(0, scheme.size()), scheme);
  found.token = tokens.find(bearer ? given.substr(scheme.size()) : std::string_view{});
  if (!found.token) return false;
  found.token_name = tokens.name(*found.token);
  if (const auto& user = tokens.user(*found.token)) found.default_owner = *user;
  return true;
}

}  // namespace credcached::access
