// Sends requests in a closed loop, checks every answer, prints what was seen as one JSON object.
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "closed_loop.hpp"

namespace {

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// "requests":…,"p50_us":…,"p99_us":…,"max_us":…
std::string summary(std::deque<std::chrono::nanoseconds> latencies) {
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](std::size_t percent) {
    if (latencies.empty()) return 0.0;
    return std::chrono::duration<double, std::micro>(latencies[(latencies.size() - 1) * percent / 100]).count();
  };
  std::array<char, 160> text;
  std::snprintf(text.data(), text.size(), R"("requests":%zu,"p50_us":%.1f,"p99_us":%.1f,"max_us":%.1f)",
                latencies.size(), at(50), at(99), at(100));
  return text.data();
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Closed-loop load generator of the benchmarks"};
  bench::plan plan;
  std::string protocol = "http", request, probe_request;
  bench::expectation expected, probe_expected;
  double seconds = plan.longest.count(), patience = plan.patience.count();
  long gap = 200;
  app.add_option("--address", plan.address, "unix:/path or tcp:127.0.0.1:PORT")->required();
  app.add_option("--protocol", protocol, "http, resp or raw");
  app.add_option("--request", request, "file with the bytes of a request; {n} is its number in seven digits");
  app.add_option("--status", expected.status, "expected HTTP status");
  app.add_option("--body", expected.body, "expected length of the body; -1: any");
  app.add_option("--connections", plan.connections);
  app.add_flag("--reconnect", plan.reconnect, "a connection of its own for each request");
  app.add_option("--first", plan.first, "number of the first request");
  app.add_option("--count", plan.count, "stop after so many requests");
  app.add_option("--seconds", seconds, "stop after so long");
  app.add_option("--patience", patience, "seconds after that in which an answer may still come");
  app.add_option("--probe", probe_request, "file with the request that a further connection sends at a steady gap");
  app.add_option("--probe-status", probe_expected.status, "expected HTTP status of the probe");
  app.add_option("--probe-body", probe_expected.body, "expected length of the probe's body; -1: any");
  app.add_option("--probe-gap", gap, "microseconds");
  CLI11_PARSE(app, argc, argv);

  expected.protocol = probe_expected.protocol = bench::protocol_named(protocol);
  plan.longest = std::chrono::duration<double>(seconds);
  plan.patience = std::chrono::duration<double>(patience);
  if (!request.empty()) plan.ask = bench::question{content_of(request), expected};
  if (!probe_request.empty())
    plan.probe = bench::probe_plan{{content_of(probe_request), probe_expected}, std::chrono::microseconds(gap)};

  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // the probe's gap is shorter than the default slack is precise
  const auto seen = bench::run(plan);
  std::printf("{\"wall_s\":%.6f,%s,\"probe\":{%s}}\n", seen.wall.count(), summary(seen.latencies).c_str(),
              summary(seen.probe).c_str());
  return 0;
} catch (const std::exception& problem) {
  std::cerr << "load_generator: " << problem.what() << '\n';
  return 1;
}
