// A service with one cached credential of three variables, as `resolve` of bench/http has it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "credcache/credential_service.hpp"

namespace bench {

using namespace std::chrono_literals;

inline constexpr credcache::instant start{credcache::time_point(1'000s), credcache::wall_time(1'800'000'000s)};

inline const credcache::definition_file definition{"aws.yaml", R"(
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

inline credcache::add_request credential() {
  credcache::add_request request;
  request.key = {.csp = "aws", .site = "default", .name = "ACCESS_KEY"};
  request.variables.push_back({"AWS_ACCESS_KEY_ID", credcache::secret::copy_of("AKIABENCHMARK0000000")});
  request.variables.push_back({"AWS_SECRET_ACCESS_KEY", credcache::secret::copy_of(std::string(120, 's'))});
  request.variables.push_back({"AWS_REGION", credcache::secret::copy_of("eu-west-1")});
  return request;
}

struct one_cached {
  one_cached() : service(cache, key, catalog, {}) {
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

}  // namespace bench
