// check-config: reads what serve would read, and says what it would mean.
#include <credcache/provider_catalog.hpp>

#include "cli/output.hpp"
#include "cli/serve_settings.hpp"
#include "cli/table.hpp"
#include "config/config_error.hpp"
#include "config/duration.hpp"
#include "config/listener.hpp"

namespace credcached::cli {

namespace {

std::string listeners_of(const config::settings& s) {
  if (s.listeners.empty()) return "unix:" + config::default_socket_path() + " (default)";
  std::string text;
  for (const auto& l : s.listeners) text += (text.empty() ? "" : ", ") + config::to_string(l);
  return text;
}

std::string definitions_of(const config::settings& s) try {
  std::vector<credcache::definition_file> own;
  if (!s.providers.empty()) own = credcache::read_definition_folder(s.providers);
  const auto catalog = credcache::provider_catalog::load(credcache::built_in_definitions(), own);
  return std::to_string(catalog->csps().size()) + " csps, " + std::to_string(catalog->definition_count()) +
         " credential definitions, " + std::to_string(own.size()) + " own files";
} catch (const credcache::catalog_error& e) {
  throw config::config_error(e.what());
}

}  // namespace

int run(const check_config_options& o) {
  serve_options flags;
  flags.config = o.config;
  flags.providers = o.providers;
  const auto s = settings_of(flags);
  table rows({"ok", o.config.empty() ? "no file: the defaults" : o.config});
  rows.add({"listen", listeners_of(s)});
  rows.add({"providers", definitions_of(s)});
  rows.add({"key", s.key_file.empty() ? "systemd credential, else random" : s.key_file});
  rows.add({"time to live", config::format_duration(s.lifetime.standard) + " by default, at most " +
                                config::format_duration(s.lifetime.longest)});
  rows.add({"cache", std::to_string(s.cache.entries) + " credentials, " + std::to_string(s.cache.bytes) + " bytes, " +
                         std::to_string(s.cache.entries_per_owner) + " per owner"});
  rows.add(
      {"access", s.access.empty() ? "root and the daemon's own user" : std::to_string(s.access.size()) + " rules"});
  print(rows.text(use_color()));
  return done;
}

}  // namespace credcached::cli
