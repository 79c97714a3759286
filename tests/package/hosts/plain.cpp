// A host that has Crypto++ of its own and the library side by side, however it was linked. Both work, no part of the
// library's key lies outside of locked memory, and the host's blocks are none of it.
#include <vector>

#include "embedded.hpp"
#include "key_search.hpp"
#include "own_cryptopp.hpp"

namespace {

std::size_t guarded_bytes() {
  std::size_t bytes = 0;
  for (const auto& region : credcache::testing::memory_regions()) {
    if (region.is_guarded()) bytes += region.end - region.begin;
  }
  return bytes;
}

}  // namespace

int main() {
  own_cryptopp own;
  own.use();
  embedded library;
  library.resolve();
  own.use();

  const std::size_t before = guarded_bytes();
  {
    const std::vector<CryptoPP::SecByteBlock> blocks(100, CryptoPP::SecByteBlock(10'000));
    check(guarded_bytes() == before, "the host's blocks take no locked memory");
  }

#ifdef __SANITIZE_ADDRESS__
  std::cout << "SKIP: the search for keys: AddressSanitizer maps terabytes\n";
#else
  if (library.key().memory_kind() == "unlocked") {
    std::cout << "SKIP: the search for keys: no memory may be locked here\n";
  } else {
    const auto copies = credcache::testing::find_key(credcache::testing::inverted_sealing_key(library.key()));
    for (const std::string& place : copies.elsewhere) std::cerr << "a key is in " << place << '\n';
    check(copies.guarded >= 2 && copies.elsewhere.empty(), "the library's keys are in locked memory alone");
  }
#endif
  library.resolve();
  library.list();
}
