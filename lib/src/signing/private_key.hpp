// A private RSA key, read from PEM, and what it signs.
//
// Thread safety: one thread at a time per object.
// Ownership:     Crypto++ keeps the numbers in blocks that it wipes; the bytes that were read are wiped by read().
//                Pieces stay on the stack: see base/wiped_stack.hpp.
// Failure:       result says what was found, without a part of the key.
// Sources:       RFC 7468 (PEM), RFC 5958 (PKCS #8), RFC 8017 (PKCS #1, and RSASSA-PKCS1-v1_5 with SHA-256).
#pragma once

#include <cryptopp/rsa.h>
#include <cryptopp/sha.h>

#include <string_view>

#include "credcache/result.hpp"
#include "credcache/secret.hpp"

namespace credcache::inline v1 {

class private_key {
 public:
  [[nodiscard]] result<void> read(std::string_view pem);
  /// The signature of the text, as bytes. Only after a read() that succeeded.
  [[nodiscard]] result<secret_buffer> sign(std::string_view text);

 private:
  CryptoPP::RSASS<CryptoPP::PKCS1v15, CryptoPP::SHA256>::Signer signer_;
};

}  // namespace credcache::inline v1
