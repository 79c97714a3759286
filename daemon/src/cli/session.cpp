#include "cli/session.hpp"

#include <sys/prctl.h>

#include "cli/output.hpp"
#include "client/document.hpp"
#include "config/duration.hpp"
#include "config/listener.hpp"
#include "formats/lines.hpp"

namespace credcached::cli {

namespace {

std::string path_of(const std::string& socket) {
  if (socket.empty()) return config::default_socket_path();
  return socket.starts_with("unix:") ? socket.substr(5) : socket;
}

/// The words with which the next command means the same daemon and owner, and the same credential, as they were given.
std::string repeated(const connection_options& connection, const selector& about) {
  std::string words;
  for (const auto& [flag, value] : {std::pair<const char*, const std::string&>{" --csp ", about.csp},
                                    {" --site ", about.site},
                                    {" --type ", about.type},
                                    {" --name ", about.name},
                                    {" --profile ", about.profile},
                                    {" --user ", connection.user},
                                    {" --isv ", connection.isv},
                                    {" --socket ", connection.socket}})
    if (!value.empty()) words += flag + formats::shell_word(value);
  return about.no_profile ? words + " --no-profile" : words;
}

}  // namespace

session::session(const connection_options& options) : options_(options), client_(path_of(options.socket)) {
  // Answers hold values: no core of this process. A command that exec starts gets the kernel's default back.
  ::prctl(PR_SET_DUMPABLE, 0);
}

client::response session::send(std::string_view method, client::target target) const {
  target.with("isv", options_.isv);
  return client_.request(method, target.text(), {{"X-Credential-User", options_.user}});
}

client::response session::look_up(const client::target& target) const {
  return client_.request("GET", target.text());
}

client::response session::add(std::string_view body, bool only_new) const {
  const client::header what{"Prefer", "return=representation"}, condition{"If-None-Match", only_new ? "*" : ""};
  if (options_.isv.empty())
    return client_.request("POST", "/xpanse/user/credentials", {{"X-Credential-User", options_.user}, what, condition},
                           body);
  return client_.request("POST", "/xpanse/isv/credentials", {{"X-Credential-Isv", options_.isv}, what, condition},
                         body);
}

client::target& with(client::target& target, const selector& selection) {
  return target.with("csp", selection.csp)
      .with("site", selection.site)
      .with("type", selection.type)
      .with("name", selection.name)
      .with("profile", selection.profile)
      .with("noProfile", selection.no_profile ? "true" : "");
}

std::string in_seconds(std::string_view duration) {
  const auto parsed = config::parse_duration(duration);
  return parsed ? std::to_string(parsed->count()) : "";
}

void session::hint(api::next_step next, const selector& about) const {
  using enum api::next_step;
  switch (next) {
    case none:
      return;
    case add:
      return print_hint("add one: credcached add" +
                        repeated(options_, about.csp.empty() ? selector{.csp = "CSP"} : about));
    case explain:
      return print_hint("see what comes from where: credcached explain" + repeated(options_, about));
    case name_profile:
      return print_hint("--profile NAME names one, --no-profile the one without");
    case renew:
      return print_hint("add it again to renew its life: credcached add" + repeated(options_, about));
    case see_list:
      return print_hint("see what there is: credcached list" + repeated(options_, {.csp = about.csp}));
    case see_status:
      return print_hint("see which clouds there are: credcached status" + repeated(options_, {}));
    case see_capabilities:
      return print_hint("see what there is: credcached capabilities" + repeated(options_, {.csp = about.csp}));
    case ask_admin:
      return print_hint("whoever runs the daemon decides that under access in its configuration");
    case retry:
      return print_hint("try again later");
    case see_log:
      return print_hint("the daemon's log says why");
  }
}

int session::report(const client::response& answer, const selector& about) const {
  std::string error;
  try {
    const client::document document(answer.body.reveal());
    error = client::text_of(document.root(), "errorType");
    const auto& details = client::list_of(document.root(), "details");
    for (const auto& detail : details) {
      const auto* text = detail.if_string();
      if (text == nullptr) continue;
      print_error({text->data(), text->size()});
    }
    if (details.empty()) print_error("the daemon answered " + std::to_string(answer.status) + " " + error);
  } catch (const client::malformed_answer&) {
    print_error("the daemon answered " + std::to_string(answer.status) + " without saying why");
  }
  const api::error_row& row = api::row_of(answer.status, error);
  hint(row.hint, about);
  return row.exit_code;
}

}  // namespace credcached::cli
