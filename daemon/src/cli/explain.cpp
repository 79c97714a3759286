// explain: which value would come from where, which definition would win, and what is missing. No values.
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/table.hpp"
#include "client/document.hpp"

namespace credcached::cli {

namespace bj = boost::json;
using client::text_of;
using credcache::printable;

namespace {

std::string headline(const bj::value& answer, bool colored) {
  const auto user = text_of(answer, "user");
  std::string text = printable(text_of(answer, "csp")) + ", site " + printable(text_of(answer, "site")) + ", type " +
                     printable(text_of(answer, "type")) + ", for " +
                     (user.empty() ? "the ISV " + printable(text_of(answer, "isv")) : printable(user)) + ": ";
  if (client::flag_of(answer, "resolves")) return text + shaded("resolves", color::good, colored) + "\n";
  text += shaded("does not resolve", color::bad, colored) + " (" + printable(text_of(answer, "errorType")) + ")\n";
  for (const auto& detail : client::list_of(answer, "details"))
    if (const auto* s = detail.if_string()) text += "  " + printable({s->data(), s->size()}) + "\n";
  if (!client::flag_of(answer, "active"))
    text += "  not active without " + printable(client::joined(client::list_of(answer, "missingRequirements"))) + "\n";
  return text;
}

std::string text_of_candidate(const bj::value& candidate, bool colored) {
  const bool wins = client::flag_of(candidate, "wins");
  std::string text = "\n" + shaded(printable(text_of(candidate, "name")), wins ? color::good : color::none, colored);
  if (const auto profile = text_of(candidate, "profile"); !profile.empty()) text += ", profile " + printable(profile);
  if (client::has(candidate, "remaining"))
    text += ", " + credcache::duration_text(std::chrono::seconds{client::number_of(candidate, "remaining")}) + " left";
  text += ": " + printable(text_of(candidate, "reason")) + "\n";
  if (const auto description = text_of(candidate, "description"); !description.empty())
    text += "  " + shaded(printable(description), color::faint, colored) + "\n";
  table variables({"  VARIABLE", "SOURCE", "HANDED OUT AS"});
  for (const auto& v : client::list_of(candidate, "variables")) {
    const auto source = text_of(v, "source");
    const bool missing = source == "missing";
    const bool mandatory = client::flag_of(v, "mandatory");
    variables.add({"  " + std::string(text_of(v, "name")),
                   missing && !mandatory ? cell("not set (optional)", color::faint)
                                         : cell(source, missing ? color::bad : color::none),
                   missing ? "" : client::joined(client::list_of(v, "handedOutAs"))});
  }
  return text + variables.text(colored);
}

/// What resolve would exit with.
int code_of(const bj::value& answer) {
  if (client::flag_of(answer, "resolves")) return done;
  return api::row_of(static_cast<unsigned>(client::number_of(answer, "status")), text_of(answer, "errorType"))
      .exit_code;
}

}  // namespace

int run(const explain_options& o) {
  client::target target("/v1/explain");
  with(target, o.selection).with("minTtl", in_seconds(o.min_ttl));
  const session daemon(o.connection);
  const auto answer = daemon.get(target);
  if (!answer.ok()) return daemon.report(answer, o.selection);
  const client::document document(answer.body.reveal());
  const int code = o.check ? code_of(document.root()) : done;
  if (o.json) {
    print_json(answer.body.reveal());
    return code;
  }
  const bool colored = use_color();
  auto text = headline(document.root(), colored);
  for (const auto& candidate : client::list_of(document.root(), "candidates"))
    text += text_of_candidate(candidate, colored);
  print(text);
  return code;
}

}  // namespace credcached::cli
