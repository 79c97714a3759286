// check-config: reads what serve would read, and says what it would mean; or what its access rules decide.
#include <algorithm>

#include "cli/output.hpp"
#include "cli/serve_settings.hpp"
#include "cli/table.hpp"
#include "config/config_error.hpp"
#include "config/duration.hpp"
#include "config/listener.hpp"
#include "server/check_configuration.hpp"

namespace credcached::cli {

namespace {

std::string listeners_of(const config::settings& s) {
  if (s.listeners.empty()) return "unix:" + config::default_socket_path() + " (default)";
  std::string text;
  for (const auto& l : s.listeners) text += (text.empty() ? "" : ", ") + config::to_string(l);
  return text;
}

void summarize(const config::settings& s, const server::checked_configuration& checked) {
  table rows({"ok", s.config_file.empty() ? "no file: the defaults" : s.config_file});
  rows.add({"listen", listeners_of(s)});
  rows.add({"providers", std::to_string(checked.catalog->csps().size()) + " csps, " +
                             std::to_string(checked.catalog->definition_count()) + " credential definitions, " +
                             std::to_string(checked.own_definitions) + " own files"});
  rows.add({"key", s.key_file.empty() ? "systemd credential, else random" : s.key_file});
  rows.add({"time to live", config::format_duration(s.lifetime.standard) + " by default, at most " +
                                config::format_duration(s.lifetime.longest)});
  rows.add({"cache", std::to_string(s.cache.entries) + " credentials, " + std::to_string(s.cache.bytes) + " bytes, " +
                         std::to_string(s.cache.entries_per_owner) + " per owner"});
  rows.add(
      {"access", s.access.empty() ? "root and the daemon's own user" : std::to_string(s.access.size()) + " rules"});
  if (!s.environment.empty()) rows.add({"environment", std::to_string(s.environment.size()) + " values"});
  print(rows.text(use_color()));
}

config::action action_of(const std::string& name) {
  const auto found = std::ranges::find(config::action_names, name);
  return static_cast<config::action>(found - config::action_names.begin());
}

// What serve would not start with is a mistake in the configuration, whoever finds it.
template <class Function>
auto or_config_error(Function function) try {
  return function();
} catch (const std::runtime_error& e) {
  throw config::config_error(e.what());
}

}  // namespace

int run(const check_config_options& o) {
  const bool asks = !o.user.empty() || !o.token.empty();
  if (!asks && !(o.action + o.owner + o.csp + o.profile).empty())
    throw usage_error(
        "found --action, --owner, --csp or --profile alone, expected --as USER or --as-token NAME with them");
  serve_options flags;
  flags.config = o.config;
  flags.providers = o.providers;
  const auto s = settings_of(flags);
  const auto checked = or_config_error([&] { return server::check_configuration(s); });
  if (!asks) {
    for (const std::string& warning : checked.warnings) print_error("warning: " + warning);
    if (o.strict && !checked.warnings.empty()) return wrong_usage;
    summarize(s, checked);
    return done;
  }
  const auto answer = or_config_error([&] {
    return server::decide(checked, s,
                          {o.user, o.token, action_of(o.action), o.owner, o.csp,
                           o.no_profile        ? std::optional<std::string>("")
                           : o.profile.empty() ? std::nullopt
                                               : std::optional(o.profile)});
  });
  print_line(answer.text);
  return answer.allowed ? done : refused;
}

}  // namespace credcached::cli
