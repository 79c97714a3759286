// list: the owner's credentials, or those of all owners, masked, with their remaining life.
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

// As access rules write it.
std::string owner_of(const boost::json::value& credential) {
  const auto isv = text_of(credential, "isv");
  return isv.empty() ? std::string(text_of(credential, "user")) : "isv:" + std::string(isv);
}

table table_of(const boost::json::array& credentials, const list_options& o) {
  std::vector<cell> titles{"CSP", "SITE", "NAME", "REMAINING", "FINGERPRINT"};
  if (o.all_owners) titles.insert(titles.begin(), "OWNER");
  if (o.details) titles.insert(titles.end(), {"VARIABLE", "VALUE"});
  table result(std::move(titles));
  const auto add = [&](std::vector<cell> row, const std::string& owner = "") {
    if (o.all_owners) row.insert(row.begin(), owner);
    result.add(std::move(row));
  };
  for (const auto& credential : credentials) {
    const auto remaining = client::number_of(credential, "remaining");
    add({text_of(credential, "csp"), text_of(credential, "site"), text_of(credential, "name"),
         cell(config::format_duration(std::chrono::seconds{remaining}),
              remaining < short_life ? color::bad : color::good),
         cell(text_of(credential, "fingerprint"), color::faint)},
        owner_of(credential));
    if (!o.details) continue;
    if (const auto description = text_of(credential, "description"); !description.empty())
      add({"", "", "", "", "", "", cell(description, color::faint)});
    for (const auto& variable : client::list_of(credential, "variables"))
      add({"", "", "", "", cell(text_of(variable, "fingerprint"), color::faint), text_of(variable, "name"),
           text_of(variable, "value")});
  }
  return result;
}

}  // namespace

int run(const list_options& o) {
  const session daemon(o.connection);
  if (o.connection.user == "*")
    throw usage_error("found --user '*', expected the name of a user; --all-owners lists what all of them have");
  const auto answer = o.all_owners ? daemon.look_up(client::target("/v1/credentials/all"))
                                   : daemon.get(client::target("/v1/credentials"));
  if (!answer.ok()) return report(answer);
  if (o.json) {
    print_json(answer.body.reveal());
    return done;
  }
  const client::document document(answer.body.reveal());
  const auto rows = table_of(client::list_of(document.root()), o);
  if (rows.empty()) {
    print_error(o.all_owners ? "nobody has a credential that you may list"
                             : "no credentials yet; add one: credcached add --csp CSP");
  } else {
    print(rows.text(use_color()));
  }
  return done;
}

}  // namespace credcached::cli
