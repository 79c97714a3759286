// The way to the remote host: look-up, the address policy, the connection, and a proxy's CONNECT.
//
// A name is looked up once. Every address that it has must be one to which something may be sent, and the connection goes
// to one of those that were looked at: a second answer of the name servers changes nothing.
//
// Thread safety: one thread.
// Failure:       courier::failure: dns, refused_address, unreachable, timeout, proxy_refused.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <string>

#include "request.hpp"

namespace credcached::courier {

using tcp_stream = boost::beast::tcp_stream;

struct route {
  bool by_proxy = false;
  std::string host;  ///< to connect to: the remote host's or the proxy's
  std::uint16_t port = 0;
  credcache::secret_buffer authorization;  ///< of the proxy: base64 of user:password
};

/// Directly or by the proxy, as the rules of the request say. Whatever goes over HTTP goes directly.
[[nodiscard]] route choose_route(const request& asked);

/// Connects within connect_phase, which begins now.
[[nodiscard]] boost::asio::awaitable<void> connect(tcp_stream& stream, const request& asked, const route& way);

/// Asks the proxy at the other end for the remote host, within the deadline that `stream` has.
[[nodiscard]] boost::asio::awaitable<void> open_tunnel(tcp_stream& stream, const request& asked, const route& way);

/// "api.example.org port 443"
[[nodiscard]] std::string place(std::string_view host, std::uint16_t port);

}  // namespace credcached::courier
