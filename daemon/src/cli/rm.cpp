// rm: removes what matches every given part.
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "client/document.hpp"

namespace credcached::cli {

int run(const rm_options& o) {
  const bool selects = !(o.what.csp + o.what.site + o.what.type + o.what.name).empty();
  if (!selects && !o.all)
    throw usage_error("expected what to remove: --csp, --site, --type or --name, or --all for everything");
  if (selects && o.all) throw usage_error("found --all together with a selection, expected one of them");
  client::target target("/v1/credentials");
  with(target, o.what).with("all", o.all ? "true" : "");

  const session daemon(o.to);
  const auto answer = daemon.send("DELETE", target);
  if (!answer.ok()) return report(answer, o.what.csp);
  const client::document document(answer.body.reveal());
  const auto removed = client::number_of(document.root(), "removed");
  if (removed == 0) {
    complain("no credential matches");
    advise("see what there is: credcached list");
    return nothing_found;
  }
  print("removed " + std::to_string(removed) + (removed == 1 ? " credential\n" : " credentials\n"));
  return done;
}

}  // namespace credcached::cli
