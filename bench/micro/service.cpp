// The library's door without HTTP: what a resolve and an add cost, and a list and an explain.
#include "credcache/credential_service.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace std::chrono_literals;

constexpr credcache::instant start{credcache::time_point(1'000s), credcache::wall_time(1'800'000'000s)};

const credcache::definition_file definition{"aws.yaml", R"(
csp: aws
constant: AWS
sites: [default]
credentials:
  - type: variables
    name: ACCESS_KEY
    description: Access key of an IAM user.
    variables:
      - {name: AWS_ACCESS_KEY_ID, description: The access key id.}
      - {name: AWS_SECRET_ACCESS_KEY, description: The secret access key., sensitive: true}
      - {name: AWS_REGION, description: The region.}
)"};

credcache::add_request credential() {
  credcache::add_request request;
  request.key = {.csp = "aws", .site = "default", .name = "ACCESS_KEY"};
  request.variables.push_back({"AWS_ACCESS_KEY_ID", credcache::secret::copy_of("AKIABENCHMARK0000000")});
  request.variables.push_back({"AWS_SECRET_ACCESS_KEY", credcache::secret::copy_of(std::string(120, 's'))});
  request.variables.push_back({"AWS_REGION", credcache::secret::copy_of("eu-west-1")});
  return request;
}

struct filled {
  filled() : service(cache, key, catalog, {}) {
    if (!service.add(alice, credential(), start)) throw std::runtime_error("add");
  }
  credcache::resolve_request request() const {
    credcache::resolve_request ask;
    ask.csp = catalog->find_csp("aws");
    return ask;
  }

  std::shared_ptr<credcache::credential_cache> cache = std::make_shared<credcache::credential_cache>();
  std::shared_ptr<const credcache::master_key> key =
      std::make_shared<const credcache::master_key>(credcache::master_key::random());
  std::shared_ptr<const credcache::provider_catalog> catalog = credcache::provider_catalog::load({&definition, 1});
  credcache::credential_service service;
  credcache::owner_view alice{credcache::owner_kind::user, "alice"};
};

void service_resolve(benchmark::State& state) {
  filled here;
  const auto request = here.request();
  credcache::resolution out;
  for (auto _ : state) {
    if (!here.service.resolve(here.alice, request, start, out)) return state.SkipWithError("did not resolve");
    benchmark::DoNotOptimize(out.variables.data());
    out.clear();
  }
}
BENCHMARK(service_resolve);

void service_add(benchmark::State& state) {
  filled here;
  const auto request = credential();
  for (auto _ : state) {
    if (!here.service.add(here.alice, request, start)) return state.SkipWithError("did not add");
  }
}
BENCHMARK(service_add);

void service_list(benchmark::State& state) {
  filled here;
  for (auto _ : state) benchmark::DoNotOptimize(here.service.list(here.alice, start));
}
BENCHMARK(service_list);

void service_explain(benchmark::State& state) {
  filled here;
  const auto request = here.request();
  for (auto _ : state) benchmark::DoNotOptimize(here.service.explain(here.alice, request, start));
}
BENCHMARK(service_explain);

}  // namespace
