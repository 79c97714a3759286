// To which addresses anything may be sent: the guard against being sent to what only this machine can reach.
//
// Thread safety: pure functions.
// Source:        the special-purpose registries of IANA (RFC 6890, 8190), RFC 6598 (100.64.0.0/10), RFC 4193 (ULA), RFC 6052
//                (64:ff9b::/96); the metadata services of AWS, Azure, Google, Alibaba and Oracle.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>

namespace credcached::courier {

enum class reach : std::uint8_t {
  everybody,  ///< an ordinary address
  some,       ///< private, carrier-grade NAT or unique local: if it is allowed
  loopback,   ///< this machine: if it is allowed
  never,      ///< link-local, metadata services, unspecified, multicast, reserved, and addresses that hide another one
};

[[nodiscard]] reach reach_of(const boost::asio::ip::address& address) noexcept;

}  // namespace credcached::courier
