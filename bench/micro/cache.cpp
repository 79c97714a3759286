// The cache without cipher and HTTP, at 1,000 to 1,000,000 entries: reading, adding, replacing, expiring.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>

#include "cache/entry_store.hpp"

namespace {

using namespace std::chrono_literals;
using credcache::owner_kind;
using credcache::owner_view;

constexpr credcache::time_point start{1'000s};
constexpr credcache::time_point deadline = start + 3600s;
const std::string sealed(200, 'c');

std::vector<std::string> owners(std::int64_t count) {
  std::vector<std::string> names(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::array<char, 24> text;
    std::snprintf(text.data(), text.size(), "u%07zu", i);
    names[i] = text.data();
  }
  return names;
}

/// A cache with one entry for each owner.
struct filled {
  explicit filled(std::int64_t count)
      : names(owners(count)), slot(cache.intern({.csp = "aws", .site = "default", .name = "KEY"})) {
    for (const auto& name : names) put(name);
  }
  void put(std::string_view name) {
    benchmark::DoNotOptimize(
        cache.put({owner_kind::user, name}, slot, sealed,
                  {.deadline = deadline, .time_to_live = 3600s, .generation = cache.next_generation()}, start));
  }

  credcache::entry_store cache{credcache::cache_limits{.entries = 2'000'000}};
  std::vector<std::string> names;
  credcache::slot_id slot;
};

/// Visits all names in an order that no prefetcher guesses.
class scattered {
 public:
  explicit scattered(const std::vector<std::string>& names) : names_(names) {}
  const std::string& next() noexcept { return names_[(at_ += 7'919) % names_.size()]; }

 private:
  const std::vector<std::string>& names_;
  std::size_t at_ = 0;
};

void cache_get(benchmark::State& state) {
  filled here(state.range(0));
  scattered names(here.names);
  credcache::cached_entry out;
  for (auto _ : state) {
    if (!here.cache.get({owner_kind::user, names.next()}, here.slot, start, out))
      return state.SkipWithError("not found");
  }
}
BENCHMARK(cache_get)->RangeMultiplier(10)->Range(1'000, 1'000'000);

void cache_replace(benchmark::State& state) {
  filled here(state.range(0));
  scattered names(here.names);
  for (auto _ : state) here.put(names.next());
}
BENCHMARK(cache_replace)->RangeMultiplier(10)->Range(1'000, 1'000'000);

/// From empty to so many entries and back; the time is that of growing.
void cache_grow(benchmark::State& state) {
  const auto names = owners(state.range(0));
  for (auto _ : state) {
    auto here = std::make_unique<filled>(0);
    for (const auto& name : names) here->put(name);
    state.PauseTiming();
    here.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cache_grow)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Unit(benchmark::kMillisecond);

/// All entries of a cache whose deadline has come, 64 in a turn as the daemon does it.
void cache_expire(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto here = std::make_unique<filled>(state.range(0));
    state.ResumeTiming();
    while (here->cache.sweep(deadline, 64) != 0) {
    }
    state.PauseTiming();
    here.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(cache_expire)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
