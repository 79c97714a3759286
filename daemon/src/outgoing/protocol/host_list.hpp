// Lists of hosts, as NO_PROXY has them: names, names with a leading dot, addresses, ranges (CIDR) and "*", between commas.
//
//   api.example.org      the name; where subdomains count as well, also what is below it
//   .example.org         what is below the name, and the name itself
//   10.1.2.3  10.0.0.0/8  [2001:db8::1]  2001:db8::/32
//   api.example.org:8443  one port of it
//   *                    everything
//
// Names are compared without regard to case. A range is compared with addresses, never with what a name may resolve to.
//
// Thread safety: pure functions.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string_view>

namespace credcached::outgoing {

enum class subdomains : bool { excluded, included };

/// Whether the list has the host (a name or an address without brackets) with this port.
[[nodiscard]] bool has_host(std::string_view list, std::string_view host, std::uint16_t port,
                            subdomains of_plain_names);

/// Whether an address or range of the list has the address.
[[nodiscard]] bool has_address(std::string_view list, const boost::asio::ip::address& address);

/// Whether it is one of the forms above.
[[nodiscard]] bool is_host_entry(std::string_view entry);

}  // namespace credcached::outgoing
