// The library's door without HTTP: what a resolve and an add cost, and a list and an explain.
#include <benchmark/benchmark.h>

#include "one_cached.hpp"

namespace {

using bench::one_cached;
using bench::start;

void service_resolve(benchmark::State& state) {
  one_cached here;
  const auto request = here.request();
  credcache::resolution out;
  for (auto _ : state) {
    if (!here.service.resolve(here.alice, request, start, out)) return state.SkipWithError("did not resolve");
    benchmark::DoNotOptimize(out.variables().data());
    out.clear();
  }
}
BENCHMARK(service_resolve);

void service_add(benchmark::State& state) {
  one_cached here;
  const auto request = bench::credential();
  for (auto _ : state) {
    if (!here.service.add(here.alice, request, start)) return state.SkipWithError("did not add");
  }
}
BENCHMARK(service_add);

void service_list(benchmark::State& state) {
  one_cached here;
  for (auto _ : state) benchmark::DoNotOptimize(here.service.list(here.alice, start));
}
BENCHMARK(service_list);

void service_explain(benchmark::State& state) {
  one_cached here;
  const auto request = here.request();
  for (auto _ : state) benchmark::DoNotOptimize(here.service.explain(here.alice, request, start));
}
BENCHMARK(service_explain);

}  // namespace
