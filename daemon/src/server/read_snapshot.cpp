#include "server/read_snapshot.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "config/listener.hpp"
#include "config/load_settings.hpp"
#include "credcache/key_source.hpp"
#include "platform/log.hpp"
#include "platform/peer_identity.hpp"
#include "platform/systemd.hpp"
#include "platform/token_file.hpp"
#include "platform/trusted_folder.hpp"
#include "server/check_configuration.hpp"

namespace credcached::server {
namespace {

constexpr std::string_view key_credential = "credcached.key";
constexpr std::string_view default_token_name = "token";

void read_key(api::snapshot& into) {
  using credcache::key_file_guard;
  const std::string& key_file = into.settings.key_file;
  const auto folder = platform::credentials_directory();
  const auto use = [&](const std::filesystem::path& file, key_file_guard guard, const char* source) {
    into.key = std::make_shared<const credcache::master_key>(credcache::read_key_file(file, guard));
    into.key_source = source;
  };
  if (!key_file.empty()) {
    const bool from_systemd = folder && key_file.starts_with(*folder + "/");
    return use(key_file, from_systemd ? key_file_guard::systemd : key_file_guard::mode, "file");
  }
  if (folder) {
    const auto file = std::filesystem::path(*folder) / key_credential;
    if (std::filesystem::exists(file)) return use(file, key_file_guard::systemd, "systemd credential");
  }
  into.key = std::make_shared<const credcache::master_key>(credcache::master_key::random());
  into.key_source = "random";
}

// As the user and the environment of the start have it: after runAs another user would ask.
const std::string& default_token_file() {
  static const std::string file =
      (std::filesystem::path(config::default_socket_path()).parent_path() / default_token_name).string();
  return file;
}

// The tokens that a snapshot asks for: those of the configuration, or one of the daemon's own for TCP.
std::vector<config::token> wanted_tokens(const api::snapshot& asking) {
  const config::settings& settings = asking.settings;
  const bool tcp = std::ranges::any_of(settings.listeners, [](const config::listener& listener) {
    return listener.transport == config::listener::kind::tcp;
  });
  if (!tcp || !settings.tokens.empty()) return settings.tokens;
  return {{"default", default_token_file(), std::nullopt}};
}

bool is_out_of_reach(const std::string& file) noexcept {
  return ::access(file.c_str(), R_OK) != 0 && errno == EACCES;
}

// A token that was read before the rights for it were given up (runAs) stays as it was read.
void read_tokens(snapshot_reading& reading, const api::snapshot* in_force) {
  api::snapshot& into = *reading.snapshot;
  const auto read_before = in_force != nullptr ? wanted_tokens(*in_force) : std::vector<config::token>{};
  const std::optional<uid_t> run_as = into.settings.run_as ? platform::uid_of(*into.settings.run_as) : std::nullopt;
  for (const config::token& token : wanted_tokens(into)) {
    const auto before = std::ranges::find_if(
        read_before, [&](const config::token& t) { return t.name == token.name && t.file == token.file; });
    if (run_as && before != read_before.end() && is_out_of_reach(token.file)) {
      into.tokens.add(token.name, token.user, in_force->tokens.text(token.name));
      reading.warnings.push_back("token \"" + token.name + "\" needs a restart; still what was read at the start: " +
                                 token.file + " is out of reach for " + *into.settings.run_as + ".");
      continue;
    }
    // Nobody chose the place of this one, so it is looked at as that of a socket is.
    if (into.settings.tokens.empty()) {
      const std::string folder = std::filesystem::path(token.file).parent_path().string();
      (void)platform::open_trusted_folder(folder.empty() ? "." : folder, 0700, " or choose another --token-file");
    }
    bool made = false;
    const credcache::secret text = platform::read_or_make_token(token.file, made, run_as);
    check_own_text(into.tokens, token, text.reveal());
    into.tokens.add(token.name, token.user, text.reveal());
    log::info(std::string(made ? "Made a" : "Took the") + " token \"" + token.name + "\" for TCP: " + token.file + ".");
  }
}

std::string addresses(const std::vector<config::listener>& listeners) {
  std::vector<std::string> texts;
  for (const auto& listener : listeners) texts.push_back(config::to_string(listener));
  return credcache::joined(texts);
}

// What is fixed at the start keeps its value; where the file asks for another one, a sentence says so.
void keep_fixed(api::snapshot& fresh, const api::snapshot& in_force, std::vector<std::string>& sentences) {
  const auto keep = [&](auto& value, const auto& old, std::string_view name, const std::string& shown) {
    if (value == old) return;
    sentences.push_back(std::string(name) + " needs a restart; still " + shown + ".");
    value = old;
  };
  const config::settings& old = in_force.settings;
  keep(fresh.configured_listeners, in_force.configured_listeners, "listen", addresses(old.listeners));
  keep(fresh.settings.workers, old.workers, "workers", old.workers == 0 ? "one per core" : std::to_string(old.workers));
  keep(fresh.settings.key_file, old.key_file, "keyFile", old.key_file.empty() ? "none" : old.key_file);
  keep(fresh.settings.run_as, old.run_as, "runAs", old.run_as.value_or("nobody else"));
  credcache::cache_limits& cache = fresh.settings.cache;
  keep(cache.entries, old.cache.entries, "cache.entries", std::to_string(old.cache.entries));
  keep(cache.bytes, old.cache.bytes, "cache.bytes", std::to_string(old.cache.bytes));
  keep(cache.entries_per_owner, old.cache.entries_per_owner, "cache.credentialsPerOwner",
       std::to_string(old.cache.entries_per_owner));
  keep(cache.eviction, old.cache.eviction, "cache.eviction",
       old.cache.eviction == credcache::eviction_policy::soonest_expiry ? "soonest-expiry" : "refuse");
}

// All but what a reload keeps; with the values of `imported_before` for variables the environment has not any more.
void read_rest(snapshot_reading& reading, const api::snapshot* in_force,
               std::shared_ptr<credcache::sealed_values> imported_before) {
  api::snapshot& fresh = *reading.snapshot;
  const auto folder = fresh.settings.providers.empty() ? std::vector<credcache::definition_file>{}
                                                       : credcache::read_definition_folder(fresh.settings.providers);
  fresh.catalog = credcache::provider_catalog::load(credcache::built_in_definitions(), folder);
  check_environment(fresh.settings, *fresh.catalog);
  read_tokens(reading, in_force);
  const auto& run_as = fresh.settings.run_as;
  fresh.rules = access::access_rules(
      fresh.settings, run_as ? platform::uid_of(*run_as).value_or(::geteuid()) : ::geteuid(), *fresh.catalog);
  for (std::string& warning : warnings_about(fresh.settings, fresh.rules, folder))
    reading.warnings.push_back(std::move(warning));
  reading.audit = audit::open_audit_file(fresh.settings.audit);

  reading.environment_names = fresh.catalog->environment_names();
  auto credentials = std::make_shared<credcache::sealed_values>(fresh.key);
  if (const auto directory = platform::credentials_directory()) {
    credcache::import_credentials(*directory, reading.environment_names, *credentials);
  }
  fresh.credentials = std::move(credentials);
  auto given = std::make_shared<credcache::sealed_values>(fresh.key);
  for (const config::given_value& v : fresh.settings.environment) given->put(v.name, v.value);
  fresh.given = std::move(given);
  credcache::import_environment(reading.environment_names, *imported_before);
  fresh.environment = std::move(imported_before);
  credcache::wipe_stack(credcache::stack_needed);  // reading and sealing leave pieces of values there
}

snapshot_reading begin_reading(config::settings settings) {
  snapshot_reading reading;
  reading.snapshot = std::make_shared<api::snapshot>();
  reading.snapshot->configured_listeners = settings.listeners;
  reading.snapshot->settings = std::move(settings);
  return reading;
}

}  // namespace

snapshot_reading read_snapshot(config::settings settings, std::vector<config::listener> open) {
  snapshot_reading reading = begin_reading(std::move(settings));
  reading.snapshot->settings.listeners = std::move(open);
  read_key(*reading.snapshot);
  read_rest(reading, nullptr, std::make_shared<credcache::sealed_values>(reading.snapshot->key));
  return reading;
}

snapshot_reading read_snapshot(config::settings settings, const api::snapshot& previous) {
  snapshot_reading reading = begin_reading(std::move(settings));
  keep_fixed(*reading.snapshot, previous, reading.warnings);
  reading.snapshot->settings.listeners = previous.settings.listeners;
  // What goes together with the sockets of the file may not with those that stay open.
  if (const auto wrong = config::find_inconsistency(reading.snapshot->settings))
    throw config::config_error(reading.snapshot->settings.config_file + ": " + std::string(wrong->key) + ": " +
                               wrong->text);
  reading.snapshot->key = previous.key;
  reading.snapshot->key_source = previous.key_source;
  read_rest(reading, &previous, previous.environment->clone());
  return reading;
}

}  // namespace credcached::server
