// explain: which value would come from where, which definition would win, and what is missing. No values.
#include "base/text.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "client/document.hpp"
#include "config/duration.hpp"

namespace credcached::cli {

namespace json = boost::json;
using client::text_of;
using credcache::printable;

namespace {

std::string headline(const json::value& answer, bool coloured) {
  const auto user = text_of(answer, "user");
  std::string text = printable(text_of(answer, "csp")) + ", site " + printable(text_of(answer, "site")) + ", type " +
                     printable(text_of(answer, "type")) + ", for " +
                     (user.empty() ? "the ISV " + printable(text_of(answer, "isv")) : printable(user)) + ": ";
  if (client::flag_of(answer, "resolves")) return text + shaded("resolves", colour::good, coloured) + "\n";
  text += shaded("does not resolve", colour::bad, coloured) + " (" + printable(text_of(answer, "errorType")) + ")\n";
  for (const auto& detail : client::list_of(answer, "details"))
    if (const auto* s = detail.if_string()) text += "  " + printable({s->data(), s->size()}) + "\n";
  if (!client::flag_of(answer, "active"))
    text += "  not active without " + printable(client::joined(client::list_of(answer, "missingRequirements"))) + "\n";
  return text;
}

std::string text_of_candidate(const json::value& candidate, bool coloured) {
  const bool wins = client::flag_of(candidate, "wins");
  std::string text = "\n" + shaded(printable(text_of(candidate, "name")), wins ? colour::good : colour::none, coloured);
  if (client::has(candidate, "remaining"))
    text += ", " + config::format_duration(std::chrono::seconds{client::number_of(candidate, "remaining")}) + " left";
  text += ": " + printable(text_of(candidate, "reason")) + "\n";
  table variables({"  VARIABLE", "SOURCE", "HANDED OUT AS"});
  for (const auto& v : client::list_of(candidate, "variables")) {
    const auto source = text_of(v, "source");
    const bool missing = source == "missing";
    const bool mandatory = client::flag_of(v, "mandatory");
    variables.add({"  " + std::string(text_of(v, "name")),
                   missing && !mandatory ? cell("not set (optional)", colour::faint)
                                         : cell(source, missing ? colour::bad : colour::none),
                   missing ? "" : client::joined(client::list_of(v, "handedOutAs"))});
  }
  return text + variables.text(coloured);
}

}  // namespace

int run(const explain_options& o) {
  client::target target("/v1/explain");
  with(target, o.what).with("minTtl", in_seconds(o.min_ttl));
  const session daemon(o.to);
  const auto answer = daemon.get(target);
  if (!answer.ok()) return report(answer, o.what.csp);
  if (o.json) {
    print_line(answer.body.reveal());
    return done;
  }
  const client::document document(answer.body.reveal());
  const bool coloured = use_colour();
  auto text = headline(document.root(), coloured);
  for (const auto& candidate : client::list_of(document.root(), "candidates"))
    text += text_of_candidate(candidate, coloured);
  print(text);
  return done;
}

}  // namespace credcached::cli
