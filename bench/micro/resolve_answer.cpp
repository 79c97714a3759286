// A resolved credential written in each format. JSON comes from a template made when the definitions were loaded.
#include "formats/resolve_writer.hpp"

#include <benchmark/benchmark.h>

#include "one_cached.hpp"

namespace {

void write_resolve_answer(benchmark::State& state, std::string_view format) {
  bench::one_cached here;
  credcached::formats::resolve_writer writer(*here.catalog);
  credcache::resolution resolved;
  if (!here.service.resolve(here.alice, here.request(), bench::start, resolved))
    return state.SkipWithError("did not resolve");
  credcache::secret_buffer out(4096);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        writer.write(out, *credcached::formats::find_output_format(format), resolved, here.alice, bench::start));
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
}
BENCHMARK_CAPTURE(write_resolve_answer, json, "json");
BENCHMARK_CAPTURE(write_resolve_answer, shell, "shell");

}  // namespace
