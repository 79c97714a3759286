#include "api/snapshot.hpp"

namespace credcached::api {

std::vector<std::unique_ptr<credcache::value_source>> snapshot::sources() const {
  std::vector<std::unique_ptr<credcache::value_source>> list;
  const auto add = [&list](credcache::value_origin origin,
                           const std::shared_ptr<const credcache::sealed_values>& values) {
    if (values != nullptr && !values->empty())
      list.push_back(std::make_unique<credcache::sealed_source>(origin, values));
  };
  add(credcache::value_origin::systemd_credential, credentials);
  add(credcache::value_origin::configuration, given);
  add(credcache::value_origin::environment, environment);
  return list;
}

}  // namespace credcached::api
