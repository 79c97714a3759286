// HMAC-SHA256 over the string to sign, with the secret itself or with a key that is derived from it.
//
// Thread safety: pure functions.
// Ownership:     keys on the way clear themselves. Pieces stay on the stack: call wipe_stack() after the last one.
// Failure:       std::bad_alloc.
// Source:        RFC 2104 (HMAC).
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "credcache/secret.hpp"

namespace credcache::inline v1 {

/// SHA-256 in hexadecimal.
[[nodiscard]] std::string hex_sha256(std::string_view bytes);

/// The signature in hexadecimal. The key is `prefix` and the secret; each part of the scope makes another one of it.
[[nodiscard]] std::string hmac_signature(std::string_view prefix, std::string_view secret,
                                         std::span<const std::string_view> scope, std::string_view string_to_sign);

}  // namespace credcache::inline v1
