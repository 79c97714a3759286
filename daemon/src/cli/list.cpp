// list: the owner's credentials, masked, with their remaining life.
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "client/document.hpp"
#include "config/duration.hpp"

namespace credcached::cli {

using client::text_of;

namespace {

/// A credential that dies within this time would not outlive an ordinary deployment.
constexpr std::int64_t short_life = 300;

table table_of(const boost::json::array& credentials, bool details) {
  std::vector<cell> titles{"CSP", "SITE", "NAME", "REMAINING", "FINGERPRINT"};
  if (details) titles.insert(titles.end(), {"VARIABLE", "VALUE"});
  table result(std::move(titles));
  for (const auto& credential : credentials) {
    const auto remaining = client::number_of(credential, "remaining");
    const std::vector<cell> row{text_of(credential, "csp"), text_of(credential, "site"), text_of(credential, "name"),
                                cell(config::format_duration(std::chrono::seconds{remaining}),
                                     remaining < short_life ? color::bad : color::good),
                                cell(text_of(credential, "fingerprint"), color::faint)};
    result.add(row);
    if (!details) continue;
    if (const auto description = text_of(credential, "description"); !description.empty())
      result.add({"", "", "", "", "", "", cell(description, color::faint)});
    for (const auto& variable : client::list_of(credential, "variables"))
      result.add({"", "", "", "", cell(text_of(variable, "fingerprint"), color::faint), text_of(variable, "name"),
                  text_of(variable, "value")});
  }
  return result;
}

}  // namespace

int run(const list_options& o) {
  const session daemon(o.connection);
  const auto answer = daemon.get(client::target("/v1/credentials"));
  if (!answer.ok()) return report(answer);
  if (o.json) {
    print_json(answer.body.reveal());
    return done;
  }
  const client::document document(answer.body.reveal());
  const auto rows = table_of(client::list_of(document.root()), o.details);
  if (rows.empty()) {
    print_error("no credentials yet; add one: credcached add --csp CSP");
  } else {
    print(rows.text(use_color()));
  }
  return done;
}

}  // namespace credcached::cli
