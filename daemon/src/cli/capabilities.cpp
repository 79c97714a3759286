// capabilities: which credentials the clouds take, variable by variable.
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "client/document.hpp"

namespace credcached::cli {

namespace bj = boost::json;
using client::text_of;

namespace {

client::response capabilities_of(const session& daemon, std::string_view csp) {
  client::target target("/xpanse/credentials/capabilities");
  return daemon.look_up(target.with("cspName", csp));
}

void add_rows(table& rows, const bj::array& capabilities) {
  for (const auto& capability : capabilities) {
    bool first = true;
    for (const auto& v : client::list_of(capability, "variables")) {
      const auto head = [&](std::string_view member) {
        return first ? text_of(capability, member) : std::string_view();
      };
      rows.add({head("csp"), head("type"), head("name"), text_of(v, "name"),
                client::flag_of(v, "isMandatory") ? "yes" : "no", client::flag_of(v, "isSensitive") ? "yes" : "no",
                cell(text_of(v, "description"), color::faint)});
      first = false;
    }
  }
}

}  // namespace

int run(const capabilities_options& o) {
  const session daemon(o.connection);
  std::vector<std::string> csps{o.csp};
  if (o.csp.empty()) {
    const auto active = daemon.look_up(client::target("/xpanse/csps/active"));
    if (!active.ok()) return daemon.report(active);
    const client::document document(active.body.reveal());
    csps.clear();
    for (const auto& csp : client::list_of(document.root()))
      if (const auto* name = csp.if_string()) csps.emplace_back(name->data(), name->size());
  }

  table rows({"CSP", "TYPE", "NAME", "VARIABLE", "MANDATORY", "SECRET", "DESCRIPTION"});
  credcache::secret_buffer lists;  // one list of all csps' own ones
  lists.push_back('[');
  for (const auto& csp : csps) {
    const auto answer = capabilities_of(daemon, csp);
    if (!answer.ok()) return daemon.report(answer, {.csp = csp});
    const std::string_view list = answer.body.reveal();
    const client::document document(list);
    add_rows(rows, client::list_of(document.root()));
    if (list.size() <= 2) continue;
    if (lists.size() > 1) lists.push_back(',');
    lists.append(list.substr(1, list.size() - 2));
  }
  if (o.json) {
    lists.push_back(']');
    print_json(lists.reveal());
  } else {
    print(rows.text(use_color()));
  }
  return done;
}

}  // namespace credcached::cli
