#include "api/snapshot.hpp"

namespace credcached::api {

std::vector<std::unique_ptr<credcache::value_source>> snapshot::sources() const {
  std::vector<std::unique_ptr<credcache::value_source>> list;
  list.push_back(std::make_unique<credcache::sealed_source>(credcache::value_origin::systemd_credential, credentials));
  list.push_back(std::make_unique<credcache::sealed_source>(credcache::value_origin::environment, environment));
  return list;
}

}  // namespace credcached::api
