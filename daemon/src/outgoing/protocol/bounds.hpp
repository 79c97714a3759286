// How much and how long: the bounds of one exchange, which the daemon and its courier both hold to.
//
// Units: bytes; std::chrono.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace credcached::outgoing {

/// What a remote host may answer. An answer that matters here is a few KiB.
inline constexpr std::uint32_t longest_answer_header = 8 * 1024;
inline constexpr std::uint64_t longest_answer_body = 64 * 1024;

/// What may be sent: session tokens in fields are long.
inline constexpr std::uint32_t longest_request_header = 32 * 1024;
inline constexpr std::uint64_t longest_request_body = 64 * 1024;

/// A list of hosts in a field: all lists fit into a request beside what is sent.
inline constexpr std::size_t longest_host_list = 4 * 1024;

/// A sentence of the courier about what went wrong.
inline constexpr std::size_t longest_detail = 1'024;

/// The phases of an exchange: look-up and connection; CONNECT and TLS; request and answer.
inline constexpr std::chrono::seconds connect_phase{2}, tls_phase{3}, answer_phase{5};

/// All of them, and starting a process before them.
inline constexpr std::chrono::seconds whole_exchange{12};
static_assert(whole_exchange > connect_phase + tls_phase + answer_phase);

}  // namespace credcached::outgoing
