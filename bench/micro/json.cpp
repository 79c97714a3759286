// JSON text as answers need it: escaping values, and an object of three written piece by piece.
#include <benchmark/benchmark.h>

#include "json/json_writer.hpp"

namespace {

using credcache::secret_buffer;

void escape(benchmark::State& state, std::string_view text) {
  secret_buffer out(4096);
  for (auto _ : state) {
    credcached::json::append_escaped(out, text);
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK_CAPTURE(escape, plain, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, forty and a few more characters");
BENCHMARK_CAPTURE(escape, quotes_and_lines, "{\"type\": \"service_account\",\n \"private_key\": \"-----BEGIN\\nKEY\"}");
BENCHMARK_CAPTURE(escape, not_ascii, "Pässwörter für die Überprüfung, größtenteils ungefährlich");

void write_object(benchmark::State& state) {
  secret_buffer out(4096);
  const std::string secret_key(120, 's');
  for (auto _ : state) {
    credcached::json::json_writer json(out);
    json.begin_object();
    json.key("AWS_ACCESS_KEY_ID").string("AKIABENCHMARK0000000");
    json.key("AWS_SECRET_ACCESS_KEY").string(secret_key);
    json.key("AWS_REGION").string("eu-west-1");
    json.key("remaining").number(3512);
    json.end_object();
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
}
BENCHMARK(write_object);

}  // namespace
