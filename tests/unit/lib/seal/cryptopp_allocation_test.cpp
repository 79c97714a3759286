// Crypto++ takes its memory from the locked pool, so that no part of a key schedule lies anywhere else.
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

#include "credcache/cipher.hpp"
#include "forked.hpp"
#include "memory_map.hpp"
#include "skipped.hpp"

// As Crypto++ declares them; the definitions are ours (cryptopp_allocation.cpp).
namespace CryptoPP {
void* AlignedAllocate(std::size_t size);
void AlignedDeallocate(void* memory);
void* UnalignedAllocate(std::size_t size);
void UnalignedDeallocate(void* memory);
void CallNewHandler();
}  // namespace CryptoPP

using namespace credcache;
using namespace credcache::testing;

namespace {

using key_bytes = std::array<unsigned char, 32>;

// The sealing key, each bit turned over: a search for it must not find the search itself.
key_bytes inverted_sealing_key(const master_key& key) {
  key_bytes bytes;
  key.derive("credcached sealing", bytes);
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(~byte);
  return bytes;
}

// An AES-256 schedule begins with the key itself, on some machines with the bytes of each word reversed.
bool is_key_at(const unsigned char* place, const key_bytes& inverted, std::size_t flip) {
  for (std::size_t i = 0; i < inverted.size(); ++i) {
    if (static_cast<unsigned char>(~inverted[i ^ flip]) != place[i]) return false;
  }
  return true;
}

struct key_copies {
  std::size_t guarded = 0;
  std::vector<std::string> elsewhere;  ///< the regions
};

// Looks through everything this process can read. Secret memory can only be read from inside.
key_copies find_key(const key_bytes& inverted) {
  key_copies copies;
  for (const memory_region& region : memory_regions()) {
    if (region.permissions[0] != 'r' || region.name.starts_with("[v") || region.name.starts_with("/dev")) continue;
    const auto* const begin = reinterpret_cast<const unsigned char*>(region.begin);
    const auto* const last = reinterpret_cast<const unsigned char*>(region.end) - inverted.size();
    for (const auto* place = begin; place <= last; ++place) {
      if (!is_key_at(place, inverted, 0) && !is_key_at(place, inverted, 3)) continue;
      if (region.is_guarded()) {
        ++copies.guarded;
      } else {
        copies.elsewhere.push_back(region.name + " " + region.flags);
      }
    }
  }
  return copies;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cryptopp_allocation)

BOOST_AUTO_TEST_CASE(blocks_are_aligned_and_in_guarded_pages) {
  std::vector<void*> blocks;
  for (const std::size_t size : {1u, 15u, 16u, 17u, 240u, 2048u, 2049u, 70'000u}) {
    for (void* const block : {CryptoPP::AlignedAllocate(size), CryptoPP::UnalignedAllocate(size)}) {
      BOOST_TEST(reinterpret_cast<std::uintptr_t>(block) % 16 == 0u);
      std::memset(block, 0x5a, size);
      if (locked_memory(1).kind() != "unlocked") BOOST_TEST(region_of(block).is_guarded());
      blocks.push_back(block);
    }
  }
  for (void* const block : blocks) CryptoPP::AlignedDeallocate(block);
  CryptoPP::UnalignedDeallocate(nullptr);
  BOOST_CHECK_THROW(CryptoPP::CallNewHandler(), std::bad_alloc);
}

BOOST_AUTO_TEST_CASE(a_block_is_wiped_when_it_is_given_back) {
  void* const neighbour = CryptoPP::AlignedAllocate(64);  // keeps the pages
  auto* const block = static_cast<volatile unsigned char*>(CryptoPP::AlignedAllocate(64));
  for (std::size_t i = 0; i < 64; ++i) block[i] = 0x5a;
  CryptoPP::AlignedDeallocate(const_cast<unsigned char*>(block));
  std::size_t left = 0;
  for (std::size_t i = 0; i < 64; ++i) left += block[i] == 0x5a ? 1u : 0u;
  BOOST_TEST(left == 0u);
  CryptoPP::AlignedDeallocate(neighbour);
}

BOOST_AUTO_TEST_CASE(a_forked_child_cannot_read_them) {
  auto* const block = static_cast<unsigned char*>(CryptoPP::AlignedAllocate(64));
  std::memset(block, 0x5a, 64);
  const child_end end = in_forked_child([&] { return block[0] == 0x5a ? 1 : 0; });
  BOOST_TEST((end.signal == SIGSEGV || end.code == 0));
  CryptoPP::UnalignedDeallocate(block);
}

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
    (void)working.fingerprint("text");
    const key_copies copies = find_key(inverted);
    BOOST_TEST(copies.guarded >= 2u);  // one schedule to seal, one to open
    BOOST_TEST(copies.elsewhere.empty());
    for (const std::string& place : copies.elsewhere) BOOST_TEST_MESSAGE(place);
  }
  const key_copies left = find_key(inverted);
  BOOST_TEST(left.guarded == 0u);
  BOOST_TEST(left.elsewhere.empty());
}

BOOST_AUTO_TEST_SUITE_END()
