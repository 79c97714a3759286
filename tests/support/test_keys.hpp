// Private keys of a test, made when it runs, as PEM; what is on the way to it clears itself.
//
// Thread safety: pure functions. An RSA key of 2048 bits takes a quarter of a second.
#pragma once

#include <cryptopp/base64.h>
#include <cryptopp/eccrypto.h>
#include <cryptopp/oids.h>
#include <cryptopp/osrng.h>
#include <cryptopp/queue.h>
#include <cryptopp/rsa.h>

#include <string_view>

#include "credcache/secret.hpp"

namespace credcache::testing {

inline CryptoPP::RSA::PrivateKey new_rsa_key(unsigned bits = 2048) {
  CryptoPP::AutoSeededRandomPool random;
  CryptoPP::RSA::PrivateKey key;
  key.GenerateRandomWithKeySize(random, bits);
  return key;
}

/// All that the transformation has, which is then empty.
inline secret_buffer taken_from(CryptoPP::BufferedTransformation& from) {
  secret_buffer bytes;
  bytes.resize(from.MaxRetrievable());
  from.Get(reinterpret_cast<CryptoPP::byte*>(bytes.data()), bytes.size());
  return bytes;
}

inline secret_buffer pem_of(std::string_view der, std::string_view label = "PRIVATE KEY") {
  CryptoPP::Base64Encoder encoder(nullptr, true, 64);
  encoder.Put(reinterpret_cast<const CryptoPP::byte*>(der.data()), der.size());
  encoder.MessageEnd();
  const secret_buffer text = taken_from(encoder);
  secret_buffer pem;
  for (const std::string_view part : {std::string_view("-----BEGIN "), label, std::string_view("-----\n"),
                                      text.reveal(), std::string_view("-----END "), label, std::string_view("-----\n")})
    pem.append(part);
  return pem;
}

template <class Key>
secret_buffer pkcs8_of(const Key& key) {
  CryptoPP::ByteQueue queue;
  key.Save(queue);
  return taken_from(queue);
}

inline secret_buffer pkcs1_of(const CryptoPP::RSA::PrivateKey& key) {
  CryptoPP::ByteQueue queue;
  key.DEREncodePrivateKey(queue);
  return taken_from(queue);
}

inline CryptoPP::ECDSA<CryptoPP::ECP, CryptoPP::SHA256>::PrivateKey new_ec_key() {
  CryptoPP::AutoSeededRandomPool random;
  CryptoPP::ECDSA<CryptoPP::ECP, CryptoPP::SHA256>::PrivateKey key;
  key.Initialize(random, CryptoPP::ASN1::secp256r1());
  return key;
}

}  // namespace credcache::testing
