// resolve: prints the complete credential as the daemon wrote it.
#include "cli/output.hpp"
#include "cli/session.hpp"

namespace credcached::cli {

int run(const resolve_options& o) try {
  client::target target("/v1/resolve");
  with(target, o.selection).with("minTtl", in_seconds(o.min_ttl)).with("format", o.format).with("host", o.host);
  const session daemon(o.connection);
  const auto answer = daemon.get(target);
  if (!answer.ok()) {
    print_failing_command(o.format);
    return daemon.report(answer, o.selection);
  }
  print_line(answer.body.reveal());
  return done;
} catch (...) {
  print_failing_command(o.format);
  throw;
}

}  // namespace credcached::cli
