// The Crypto++ of the host itself, which has nothing to do with the library's.
#pragma once

#include <cryptopp/aes.h>
#include <cryptopp/gcm.h>
#include <cryptopp/secblock.h>

#include <cstring>

#include "check.hpp"

class own_cryptopp {
 public:
  own_cryptopp() {
    const unsigned char key[32] = {};
    const unsigned char nonce[12] = {};
    gcm_.SetKeyWithIV(key, sizeof key, nonce, sizeof nonce);
  }

  /// The test case 13 of the GCM specification: a key, a nonce and a text of zeros.
  void use() {
    const unsigned char nonce[12] = {};
    const unsigned char expected[16] = {0x53, 0x0f, 0x8a, 0xfb, 0xc7, 0x45, 0x36, 0xb9,
                                        0xa9, 0x63, 0xb4, 0xf1, 0xc4, 0xcb, 0x73, 0x8b};
    unsigned char tag[16];
    gcm_.EncryptAndAuthenticate(nullptr, tag, sizeof tag, nonce, sizeof nonce, nullptr, 0, nullptr, 0);
    check(std::memcmp(tag, expected, sizeof tag) == 0, "the host's AES-GCM gives the tag of the specification");
    for (const std::size_t size : {1U, 100U, 5'000U, 300'000U}) {
      CryptoPP::SecByteBlock block(size);
      std::memset(block.data(), 0x5a, size);
      block.CleanGrow(size * 2);
      check(block[0] == 0x5a && block[size * 2 - 1] == 0, "a block of the host's keeps its bytes when it grows");
    }
  }

 private:
  CryptoPP::GCM<CryptoPP::AES>::Encryption gcm_;
};
