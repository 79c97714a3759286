// list: the owner's credentials, or those of all owners, masked, with their remaining life.
#include "base/json_memory.hpp"
#include "base/time.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "client/document.hpp"
#include "config/duration.hpp"

namespace credcached::cli {

namespace bj = boost::json;
using client::text_of;

namespace {

/// A credential that dies within this time would not outlive an ordinary deployment.
constexpr std::int64_t short_life = 300;

// As access rules write it.
std::string owner_of(const bj::value& credential) {
  const auto isv = text_of(credential, "isv");
  return isv.empty() ? std::string(text_of(credential, "user")) : "isv:" + std::string(isv);
}

table table_of(const bj::array& credentials, const list_options& o) {
  std::vector<cell> titles{"CSP", "SITE", "NAME", "PROFILE", "REMAINING", "FINGERPRINT"};
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
         text_of(credential, "profile"),
         cell(credcache::duration_text(std::chrono::seconds{remaining}),
              remaining < short_life ? color::bad : color::good),
         cell(text_of(credential, "fingerprint"), color::faint)},
        owner_of(credential));
    if (!o.details) continue;
    if (const auto description = text_of(credential, "description"); !description.empty())
      add({"", "", "", "", "", "", "", cell(description, color::faint)});
    for (const auto& variable : client::list_of(credential, "variables"))
      add({"", "", "", "", "", cell(text_of(variable, "fingerprint"), color::faint), text_of(variable, "name"),
           text_of(variable, "value")});
  }
  return result;
}

/// Those with less life left than `limit`, in the memory that the others are in.
bj::array expiring(const bj::array& credentials, std::chrono::seconds limit) {
  bj::array soon(credentials.storage());
  for (const auto& credential : credentials)
    if (client::number_of(credential, "remaining") < limit.count()) soon.push_back(credential);
  return soon;
}

void print_table(const bj::array& credentials, const list_options& o) {
  if (!credentials.empty()) print(table_of(credentials, o).text(use_color()));
}

int print_expiring(const bj::array& credentials, const list_options& o) {
  if (o.json) {
    credcache::secret_buffer text;
    credcache::append_json(text, credentials);
    print_json(text.reveal());
  } else {
    print_table(credentials, o);
  }
  return credentials.empty() ? done : expires_too_soon;
}

}  // namespace

int run(const list_options& o) {
  const session daemon(o.connection);
  if (o.connection.user == "*")
    throw usage_error("found --user '*', expected the name of a user; --all-owners lists what all of them have");
  if (o.all_owners && !(o.connection.user + o.connection.isv).empty())
    throw usage_error("found --all-owners beside the name of an owner, expected one of them");
  client::target target(o.all_owners ? "/v1/credentials/all" : "/v1/credentials");
  target.with("csp", o.csp);
  const auto answer = o.all_owners ? daemon.look_up(target) : daemon.get(target);
  if (!answer.ok()) return daemon.report(answer, {.csp = o.csp});
  const client::document document(answer.body.reveal());
  const auto& all = client::list_of(document.root());
  if (const auto limit = config::parse_duration(o.expiring)) return print_expiring(expiring(all, *limit), o);
  if (o.json) {
    print_json(answer.body.reveal());
    return done;
  }
  print_table(all, o);
  if (all.empty() && o.all_owners) {
    print_error("nobody has a credential that you may list");
  } else if (all.empty()) {
    print_error("no credentials yet");
    daemon.hint(api::next_step::add, {.csp = o.csp});
  }
  return done;
}

}  // namespace credcached::cli
