// A resolved credential written in each format. JSON comes from a template made when the definitions were loaded.
#include "formats/resolve_writer.hpp"

#include <benchmark/benchmark.h>

#include "one_cached.hpp"

namespace {

using credcached::formats::resolve_format;

void write_resolve_answer(benchmark::State& state, resolve_format format) {
  bench::one_cached here;
  credcached::formats::resolve_writer writer(*here.catalog);
  credcache::resolution resolved;
  if (!here.service.resolve(here.alice, here.request(), bench::start, resolved))
    return state.SkipWithError("did not resolve");
  credcache::secret_buffer out(4096);
  for (auto _ : state) {
    writer.write(out, format, resolved, here.alice, bench::start);
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
}
BENCHMARK_CAPTURE(write_resolve_answer, json, resolve_format::json);
BENCHMARK_CAPTURE(write_resolve_answer, shell, resolve_format::shell);

}  // namespace
