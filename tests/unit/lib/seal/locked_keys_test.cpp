// No part of a key lies outside of locked memory: neither the AES key schedules nor the table of GCM's hash.
#include <cryptopp/aes.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "credcache/cipher.hpp"
#include "key_search.hpp"
#include "skipped.hpp"

namespace locked_keys_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

// The hash's key is the block of zeros, encrypted (NIST SP 800-38D, 7.1). Tables of it hold its bytes in either order.
key_copies find_hash_key(const key_bytes& inverted) {
  key_bytes key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(~inverted[i]);
  unsigned char hash_key[16];
  {
    const CryptoPP::AES::Encryption aes(key.data(), key.size());
    const unsigned char zeros[16] = {};
    aes.ProcessBlock(zeros, hash_key);
  }
  wipe(key.data(), key.size());
  for (unsigned char& byte : hash_key) byte = static_cast<unsigned char>(~byte);
  wipe_stack();
  return find_copies(sizeof hash_key, [&](const unsigned char* place) {
    bool forwards = true, backwards = true;
    for (std::size_t i = 0; i < sizeof hash_key; ++i) {
      forwards = forwards && static_cast<unsigned char>(~hash_key[i]) == place[i];
      backwards = backwards && static_cast<unsigned char>(~hash_key[15 - i]) == place[i];
    }
    return forwards || backwards;
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(locked_keys)

BOOST_AUTO_TEST_CASE(a_working_key_is_in_guarded_memory_and_nowhere_else) {
  const master_key key = master_key::random();
  constexpr std::string_view test = "a_working_key_is_in_guarded_memory_and_nowhere_else";
  if (skipped_when_sanitized(test, "sanitizers map terabytes of shadow")) return;
  if (key.memory_kind() == "unlocked" && skipped(test, "no memory may be locked here")) return;
  const key_bytes inverted = inverted_sealing_key(key);
  {
    cipher working(key);
    std::vector<unsigned char> sealed(4 + cipher::overhead);
    char text[4];
    working.seal("text", "data", sealed);
    BOOST_REQUIRE(working.open(sealed, "data", text));
    (void)working.fingerprint({owner_kind::user, "alice"}, "text");
    const key_copies copies = find_key(inverted);
    BOOST_TEST(copies.guarded >= 2u);  // one schedule to seal, one to open
    BOOST_TEST(copies.elsewhere.empty());
    for (const std::string& place : copies.elsewhere) BOOST_TEST_MESSAGE(place);
    const key_copies of_hash = find_hash_key(inverted);
    BOOST_TEST(of_hash.guarded >= 2u);
    BOOST_TEST(of_hash.elsewhere.empty());
    for (const std::string& place : of_hash.elsewhere) BOOST_TEST_MESSAGE(place);
  }
  BOOST_TEST(find_hash_key(inverted).guarded == 0u);
  const key_copies left = find_key(inverted);
  BOOST_TEST(left.guarded == 0u);
  BOOST_TEST(left.elsewhere.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace locked_keys_test
