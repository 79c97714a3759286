// Prints how long the host's own Crypto++ takes, in microseconds of processor time: the best of several rounds. Built
// without the library and, with WITH_CREDCACHE, beside it.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <limits>

#include "own_cryptopp.hpp"
#ifdef WITH_CREDCACHE
#include "embedded.hpp"
#endif

int main() {
#ifdef WITH_CREDCACHE
  embedded library;
  library.resolve();
#endif
  std::clock_t best = std::numeric_limits<std::clock_t>::max();
  for (int round = 0; round < 20; ++round) {
    const std::clock_t begin = std::clock();
    for (int i = 0; i < 200; ++i) own_cryptopp().use();
    best = std::min(best, std::clock() - begin);
  }
  std::cout << best << '\n';
}
