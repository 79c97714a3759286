// rm: removes what matches every given part.
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "client/document.hpp"

namespace credcached::cli {

int run(const rm_options& o) {
  const selector& named = o.selection;
  const bool selects = !(named.csp + named.site + named.type + named.name + named.profile).empty() || named.no_profile;
  if (!selects && !o.all)
    throw usage_error("expected what to remove: --csp, --site, --type, --name or --profile, or --all for everything");
  if (selects && o.all) throw usage_error("found --all together with a selection, expected one of them");
  client::target target("/v1/credentials");
  with(target, o.selection).with("all", o.all ? "true" : "");

  const session daemon(o.connection);
  const auto answer = daemon.send("DELETE", target);
  if (!answer.ok()) return daemon.report(answer, o.selection);
  const client::document document(answer.body.reveal());
  const auto removed = client::number_of(document.root(), "removed");
  if (removed == 0) {
    print_error("no credential matches");
    daemon.hint(api::next_step::see_list);
    return nothing_found;
  }
  print("removed " + std::to_string(removed) + (removed == 1 ? " credential\n" : " credentials\n"));
  return done;
}

}  // namespace credcached::cli
