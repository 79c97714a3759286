#include "cli/serve_settings.hpp"

#include <algorithm>

#include "config/duration.hpp"
#include "config/listener.hpp"
#include "config/load_settings.hpp"

namespace credcached::cli {

config::settings settings_of(const serve_options& flags) {
  auto s = flags.config.empty() ? config::settings{} : config::load_settings(flags.config);
  if (!flags.listen.empty()) s.listeners.clear();
  for (const auto& address : flags.listen) s.listeners.push_back(config::parse_listener(address));
  if (!flags.providers.empty()) s.providers = flags.providers;
  if (!flags.key_file.empty()) s.key_file = flags.key_file;
  if (!flags.token_file.empty()) {
    std::erase_if(s.tokens, [](const config::token& t) { return t.name == "default"; });
    s.tokens.push_back({"default", flags.token_file, std::nullopt});
  }
  if (const auto ttl = config::parse_duration(flags.default_ttl)) s.lifetime.standard = *ttl;
  if (const auto ttl = config::parse_duration(flags.max_ttl)) s.lifetime.longest = *ttl;
  if (std::min(s.lifetime.standard, s.lifetime.longest) < std::chrono::seconds{1} ||
      s.lifetime.longest > config::longest_time_to_live)
    throw config::config_error("found a time to live out of range, expected 1s to " +
                               config::format_duration(config::longest_time_to_live));
  if (!flags.workers.empty()) s.workers = static_cast<unsigned>(std::stoul(flags.workers));
  if (!flags.log_level.empty()) s.log_level = flags.log_level;
  if (const auto wrong = config::find_inconsistency(s))
    throw config::config_error((flags.config.empty() ? "" : flags.config + " with the flags: ") + wrong->text);
  return s;
}

}  // namespace credcached::cli
