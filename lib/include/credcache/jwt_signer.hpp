// Signs the JSON Web Token with which a service account asks Google for an access token: RS256, by Crypto++.
//
// Thread safety: pure function, but for random bytes of the kernel.
// Ownership:     the token owns its bytes and clears them: until it expires it is worth what the key is.
// Failure:       error::invalid_value for a key or a text that cannot be used, error::invalid_lifetime; std::bad_alloc.
//                No message has a part of the key.
// Sources:       RFC 7519 (JWT), RFC 7515 (JWS), RFC 7523 (the grant), RFC 5958 (PKCS #8), RFC 8017 (PKCS #1, RS256).
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "credcache/clock.hpp"
#include "credcache/result.hpp"
#include "credcache/secret.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// Smaller keys can be broken, larger ones would cost too much time.
inline constexpr std::size_t smallest_rsa_key = 2048, largest_rsa_key = 4096;  // bits

struct jwt_claims {
  std::string_view key_id{};  ///< `kid`: private_key_id of the service account; left out if empty
  std::string_view issuer;    ///< `iss`: its client_email
  std::string_view audience;  ///< `aud`: its token_uri
  std::string_view scope{};   ///< names with blanks between them; left out if empty
  std::chrono::seconds lifetime = std::chrono::hours(1);  ///< at least a second, at most an hour
};

/// `private_key` is PEM, as private_key of a service account is: PRIVATE KEY, or RSA PRIVATE KEY, neither of them
/// encrypted. Takes some milliseconds.
[[nodiscard]] result<secret_buffer> sign_jwt(const jwt_claims& claims, std::string_view private_key, wall_time now);

}  // namespace credcache::inline v1
#pragma GCC visibility pop
