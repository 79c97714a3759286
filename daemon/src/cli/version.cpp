// version: name and version on one line.
#include "cli/output.hpp"
#include "cli/verbs.hpp"

namespace credcached::cli {

int run(const version_options&) {
  print("credcached " CREDCACHED_VERSION "\n");
  return done;
}

}  // namespace credcached::cli
