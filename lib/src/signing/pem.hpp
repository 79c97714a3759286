// The bytes of a private key in PEM, whose line breaks may have become blanks on the way.
//
// Thread safety: pure function.
// Failure:       result says what was found, without a part of the text; std::bad_alloc.
// Source:        RFC 7468; RFC 1421, 4.6.1.1 (encrypted keys of the older form).
#pragma once

#include <cstddef>
#include <string_view>

#include "credcache/result.hpp"
#include "credcache/secret.hpp"

namespace credcache::inline v1 {

/// An RSA key of 4096 bits takes 3.3 KiB.
inline constexpr std::size_t longest_pem = 16 * 1024;

struct der_key {
  secret_buffer bytes;
  bool is_pkcs1 = false;  ///< RSA PRIVATE KEY, else PKCS #8
};

[[nodiscard]] result<der_key> read_pem(std::string_view pem);

}  // namespace credcache::inline v1
