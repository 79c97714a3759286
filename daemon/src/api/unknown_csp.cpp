#include "api/unknown_csp.hpp"

#include <vector>

#include "base/spelling.hpp"
#include "base/text.hpp"

namespace credcached::api {

std::string unknown_csp(std::string_view found, const credcache::provider_catalog& catalog) {
  std::vector<std::string_view> names;
  for (const auto& csp : catalog.csps()) names.emplace_back(csp.name);
  return "csp: found " + credcache::shown(found) +
         ", which is unknown here; GET /xpanse/csps/active and `credcached capabilities` list the csps." +
         credcache::did_you_mean(found, names);
}

}  // namespace credcached::api
