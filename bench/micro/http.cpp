// One request parsed and one response written, without a socket.
#include <benchmark/benchmark.h>

#include "http/request_parser.hpp"
#include "http/response.hpp"

namespace {

using namespace credcached::http;

constexpr std::string_view bytes =
    "GET /v1/resolve?csp=aws HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    "X-Credential-User: alice\r\n\r\n";

void parse_request(benchmark::State& state) {
  request request;
  credcache::secret_buffer body;
  for (auto _ : state) {
    request.reset();
    request_parser parser(request, body, bytes);
    boost::beast::error_code error;
    parser.put(boost::asio::buffer(bytes), error);
    if (error || !parser.is_done() || request.split_target() != target_form::good)
      return state.SkipWithError("did not parse");
    benchmark::DoNotOptimize(request.path().data());
  }
}
BENCHMARK(parse_request);

/// With a body of 500 bytes; wiping the buffer for the next one is part of it.
void write_response(benchmark::State& state) {
  credcache::secret_buffer out(2048);
  const std::string body(500, 'b');
  response_heads heads;
  heads.make(credcache::now().wall);
  response answer;
  for (auto _ : state) {
    answer.reset(out, heads);
    answer.start(200, "application/json");
    answer.body().append(body);
    answer.finish(false);
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
}
BENCHMARK(write_response);

}  // namespace
