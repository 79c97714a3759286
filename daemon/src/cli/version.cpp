// version: name and version on one line.
#include "credcache/version.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"

namespace credcached::cli {

int run(const version_options&) {
  print("credcached " CREDCACHE_VERSION_STRING "\n");
  return done;
}

}  // namespace credcached::cli
