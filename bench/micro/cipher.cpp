// What one AEAD operation costs, by the size of what is sealed.
#include "credcache/cipher.hpp"

#include <benchmark/benchmark.h>

namespace {

constexpr std::string_view associated_data = "aws|default|variables|ACCESS_KEY|user|alice|1234567890123456789";

void seal(benchmark::State& state) {
  const auto key = credcache::master_key::random();
  credcache::cipher cipher(key);
  const std::string plaintext(static_cast<std::size_t>(state.range(0)), 's');
  std::vector<unsigned char> sealed(plaintext.size() + credcache::cipher::overhead);
  for (auto _ : state) {
    cipher.seal(plaintext, associated_data, sealed);
    benchmark::DoNotOptimize(sealed.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(seal)->Arg(40)->Arg(250)->Arg(500)->Arg(2400);

void open(benchmark::State& state) {
  const auto key = credcache::master_key::random();
  credcache::cipher cipher(key);
  std::string plaintext(static_cast<std::size_t>(state.range(0)), 's');
  std::vector<unsigned char> sealed(plaintext.size() + credcache::cipher::overhead);
  cipher.seal(plaintext, associated_data, sealed);
  for (auto _ : state) {
    if (!cipher.open(sealed, associated_data, plaintext.data())) return state.SkipWithError("did not open");
    benchmark::DoNotOptimize(plaintext.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(open)->Arg(40)->Arg(250)->Arg(500)->Arg(2400);

void fingerprint(benchmark::State& state) {
  const auto key = credcache::master_key::random();
  credcache::cipher cipher(key);
  const credcache::owner owner{credcache::owner_kind::user, "alice"};
  for (auto _ : state) benchmark::DoNotOptimize(cipher.fingerprint(owner, "0123456789012345678901234567890123456789"));
}
BENCHMARK(fingerprint);

}  // namespace
