// serve: settings from file and flags, then the daemon.
#include "server/serve.hpp"

#include "cli/serve_settings.hpp"

namespace credcached::cli {

int run(const serve_options& o) {
  return server::serve([o] { return settings_of(o); });  // a copy: a reload that hangs outlives this call
}

}  // namespace credcached::cli
