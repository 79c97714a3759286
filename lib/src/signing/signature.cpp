#include "signing/signature.hpp"

#include <cryptopp/hmac.h>
#include <cryptopp/sha.h>

#include "base/text.hpp"
#include "seal/digest.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::size_t digest_size = CryptoPP::SHA256::DIGESTSIZE;

// Crypto++ keeps the key and its own state in blocks that it wipes.
void hmac(secret_buffer& key, std::string_view text, secret_buffer& out) {
  out.resize(digest_size);
  CryptoPP::HMAC<CryptoPP::SHA256> mac(reinterpret_cast<const CryptoPP::byte*>(key.data()), key.size());
  mac.CalculateDigest(reinterpret_cast<CryptoPP::byte*>(out.data()),
                      reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size());
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {hex_digit(byte >> 4U), hex_digit(byte)};
  }
  return text;
}

}  // namespace

std::string hex_sha256(std::string_view bytes) {
  const auto digest = sha256(bytes);
  return hexadecimal({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string hmac_signature(std::string_view prefix, std::string_view secret, std::span<const std::string_view> scope,
                           std::string_view string_to_sign) {
  secret_buffer key(prefix.size() + secret.size()), next(digest_size);
  key.append(prefix);
  key.append(secret);
  for (const std::string_view part : scope) {
    hmac(key, part, next);
    std::swap(key, next);
  }
  hmac(key, string_to_sign, next);
  return hexadecimal(next.reveal());
}

}  // namespace credcache::inline v1
