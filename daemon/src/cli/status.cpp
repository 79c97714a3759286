// status: the daemon's version, age, fill, listeners, key, and which clouds are active.
#include "base/time.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "client/document.hpp"

namespace credcached::cli {

namespace bj = boost::json;
using client::number_of;
using client::text_of;

namespace {

std::string facts(const bj::value& status) {
  const bj::value capacity(client::object_of(status, "capacity"));
  const auto of = [&](const char* member) {
    return std::to_string(number_of(status, member)) + " of " + std::to_string(number_of(capacity, member));
  };
  table rows({"version", text_of(status, "version")});
  rows.add({"process", std::to_string(number_of(status, "pid")) + ", up " +
                           credcache::duration_text(std::chrono::seconds{number_of(status, "uptime")})});
  rows.add({"listens at", client::joined(client::list_of(status, "listeners"))});
  rows.add({"credentials", of("entries") + ", " + of("bytes") + " bytes"});
  rows.add(
      {"key", std::string(text_of(status, "keySource")) + ", kept in " + std::string(text_of(status, "keyMemory"))});
  rows.add({"memory", client::flag_of(status, "memoryLocked") ? cell("locked")
                                                              : cell("not locked (RLIMIT_MEMLOCK)", color::bad)});
  rows.add({"workers", std::to_string(number_of(status, "workers"))});
  return rows.text(use_color());
}

std::string definitions(const bj::value& status) {
  table rows({"CSP", "ACTIVE", "DEFINED IN"});
  for (const auto& definition : client::list_of(status, "definitions")) {
    const bool active = client::flag_of(definition, "active");
    rows.add({text_of(definition, "csp"),
              active ? cell("yes", color::good)
                     : cell("no: " + client::joined(client::list_of(definition, "missing")) + " not set", color::bad),
              cell(text_of(definition, "file"), color::faint)});
  }
  return rows.text(use_color());
}

}  // namespace

int run(const status_options& o) {
  const session daemon(o.connection);
  const auto answer = daemon.get(client::target("/v1/status"));
  if (!answer.ok()) return daemon.report(answer);
  if (o.json) {
    print_json(answer.body.reveal());
    return done;
  }
  const client::document document(answer.body.reveal());
  print(facts(document.root()) + "\n" + definitions(document.root()));
  return done;
}

}  // namespace credcached::cli
