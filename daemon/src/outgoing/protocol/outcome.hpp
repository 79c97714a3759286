// How an exchange with a remote host ended, and the words for it between the daemon and its courier.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace credcached::outgoing {

enum class outcome : std::uint8_t {
  answered,         ///< the remote host answered, whatever its status says
  bad_request,      ///< the courier cannot use what it was given
  ca_unreadable,    ///< the certificates it should trust cannot be read
  dns,              ///< the name has no address, or the name servers did not say in time
  refused_address,  ///< the address is none to which anything may be sent
  unreachable,      ///< no connection to the host, or to the proxy
  proxy_refused,    ///< the proxy answered something else than that it connected
  tls_untrusted,    ///< nobody who is trusted vouches for the certificate
  tls_expired,      ///< the certificate's time is over, or has not begun
  tls_name,         ///< the certificate is for other names
  tls_failed,       ///< no common version or cipher, or the handshake was broken off
  not_tls,          ///< what answered does not speak TLS
  timeout,          ///< a phase took too long
  too_large,        ///< a header or body over its bound
  malformed,        ///< no HTTP answer, or an incomplete one

  // Said by the daemon's side alone; a courier that says so is not believed.
  disabled,     ///< outgoing.enabled is false
  busy,         ///< too many exchanges are under way
  unavailable,  ///< no courier could be reached or started
  unknown,      ///< the courier ended without a proper answer
  cancelled,    ///< whoever asked does not wait any more
};

[[nodiscard]] std::string_view to_string(outcome what) noexcept;

/// What a courier may say. Nothing for everything else.
[[nodiscard]] std::optional<outcome> outcome_from_courier(std::string_view word) noexcept;

}  // namespace credcached::outgoing
