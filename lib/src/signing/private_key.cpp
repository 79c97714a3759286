#include "signing/private_key.hpp"

#include <cryptopp/asn.h>
#include <cryptopp/filters.h>
#include <cryptopp/oids.h>

#include <span>
#include <string>

#include "credcache/cipher.hpp"
#include "credcache/jwt_signer.hpp"
#include "signing/pem.hpp"

namespace credcache::inline v1 {
namespace {

// Crypto++ blinds the key with random numbers when it signs; these are the kernel's.
class kernel_random final : public CryptoPP::RandomNumberGenerator {
 public:
  void GenerateBlock(CryptoPP::byte* out, std::size_t size) override { fill_random({out, size}); }
};

CryptoPP::StringStore store_of(const der_key& der) {
  const std::string_view bytes = der.bytes.reveal();
  return {reinterpret_cast<const CryptoPP::byte*>(bytes.data()), bytes.size()};
}

failure refusal(const std::string& found, std::string_view expected, std::string_view advice) {
  return {error::invalid_value,
          {"The private key: found " + found + ", expected " + std::string(expected) + ".", std::string(advice)}};
}

failure damaged() {
  return refusal("a key whose bytes or numbers do not fit together", "an RSA key as it was made",
                 "A part is missing or was changed: copy it whole, or make another one.");
}

// Whether PKCS #8 says that the key is for another algorithm.
bool is_for_another_algorithm(const der_key& der) {
  if (der.is_pkcs1) return false;
  try {
    CryptoPP::StringStore store = store_of(der);
    CryptoPP::BERSequenceDecoder key(store);
    CryptoPP::word32 version = 0;
    CryptoPP::BERDecodeUnsigned<CryptoPP::word32>(key, version);
    CryptoPP::BERSequenceDecoder algorithm(key);
    const CryptoPP::OID found(algorithm);
    return found != CryptoPP::ASN1::rsaEncryption();
  } catch (const CryptoPP::Exception&) {
    return false;
  }
}

}  // namespace

result<void> private_key::read(std::string_view pem) {
  auto der = read_pem(pem);
  if (!der) return der.error();
  auto& key = signer_.AccessKey();
  try {
    CryptoPP::StringStore store = store_of(*der);
    if (der->is_pkcs1) {
      key.BERDecodePrivateKey(store, false, der->bytes.size());
    } else {
      key.BERDecode(store);
    }
    if (store.AnyRetrievable()) return damaged();
    const std::size_t bits = key.GetModulus().BitCount();
    const std::string limits =
        "one of " + std::to_string(smallest_rsa_key) + " to " + std::to_string(largest_rsa_key) + " bits";
    if (bits < smallest_rsa_key || bits > largest_rsa_key) {
      return refusal("an RSA key of " + std::to_string(bits) + " bits", limits, "Make another key for this account.");
    }
    kernel_random random;
    if (key.GetPublicExponent().BitCount() > 64 || !key.Validate(random, 1)) return damaged();
  } catch (const CryptoPP::Exception&) {
    if (!is_for_another_algorithm(*der)) return damaged();
    return refusal("a key for another algorithm", "an RSA key", "Make a key of the type RSA for this account.");
  }
  return {};
}

// Whether its factors are primes is not looked at by read(), which would take long; a signature that is no one shows it.
result<secret_buffer> private_key::sign(std::string_view text) try {
  kernel_random random;
  secret_buffer signature;
  signature.resize(signer_.SignatureLength());
  signer_.SignMessage(random, reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size(),
                      reinterpret_cast<CryptoPP::byte*>(signature.data()));
  return signature;
} catch (const CryptoPP::Exception&) {
  return damaged();
}

}  // namespace credcache::inline v1
