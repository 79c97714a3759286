#include "server/read_snapshot.hpp"

#include <filesystem>
#include <utility>

#include "base/text.hpp"
#include "config/listener.hpp"
#include "credcache/key_source.hpp"
#include "platform/log.hpp"
#include "platform/systemd.hpp"
#include "platform/token_file.hpp"

namespace credcached::server {
namespace {

constexpr std::string_view key_credential = "credcached.key";

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

void read_tokens(api::snapshot& into) {
  std::vector<config::token> wanted = into.settings.tokens;
  bool tcp = false;
  for (const auto& listener : into.settings.listeners)
    tcp = tcp || listener.transport == config::listener::kind::tcp;
  if (tcp && wanted.empty()) {
    const auto folder = std::filesystem::path(config::default_socket_path()).parent_path();
    wanted.push_back({"default", (folder / "token").string(), std::nullopt});
  }
  for (const config::token& token : wanted) {
    bool made = false;
    const credcache::secret text = platform::read_or_make_token(token.file, made);
    into.tokens.add(token.name, token.user, text.reveal());
    log::info(std::string(made ? "Made a" : "Took the") + " token \"" + token.name + "\" for TCP: " + token.file + ".");
  }
}

std::string addresses(const std::vector<config::listener>& listeners) {
  std::vector<std::string> texts;
  for (const auto& listener : listeners) texts.push_back(config::to_string(listener));
  return credcache::text::joined(texts);
}

// What is fixed at the start keeps its value; where the file asks for another one, a sentence says so.
void keep_fixed(config::settings& fresh, const config::settings& in_force, std::vector<std::string>& sentences) {
  const auto keep = [&](auto& value, const auto& old, std::string_view name, const std::string& shown) {
    if (value == old) return;
    sentences.push_back(std::string(name) + " needs a restart; still " + shown + ".");
    value = old;
  };
  keep(fresh.configured_listeners, in_force.configured_listeners, "listen", addresses(in_force.listeners));
  fresh.listeners = in_force.listeners;
  keep(fresh.workers, in_force.workers, "workers",
       in_force.workers == 0 ? "one per core" : std::to_string(in_force.workers));
  keep(fresh.key_file, in_force.key_file, "keyFile", in_force.key_file.empty() ? "none" : in_force.key_file);
  keep(fresh.run_as, in_force.run_as, "runAs", in_force.run_as.value_or("nobody else"));
  keep(fresh.cache_entries, in_force.cache_entries, "cache.entries", std::to_string(in_force.cache_entries));
  keep(fresh.cache_bytes, in_force.cache_bytes, "cache.bytes", std::to_string(in_force.cache_bytes));
  keep(fresh.credentials_per_owner, in_force.credentials_per_owner, "cache.credentialsPerOwner",
       std::to_string(in_force.credentials_per_owner));
  keep(fresh.evict_soonest_expiry, in_force.evict_soonest_expiry, "cache.eviction",
       in_force.evict_soonest_expiry ? "soonest-expiry" : "refuse");
}

}  // namespace

snapshot_reading read_snapshot(config::settings settings, const api::snapshot* previous) {
  snapshot_reading reading;
  reading.snapshot = std::make_shared<api::snapshot>();
  api::snapshot& fresh = *reading.snapshot;
  fresh.settings = std::move(settings);
  if (previous == nullptr) {
    read_key(fresh);
  } else {
    keep_fixed(fresh.settings, previous->settings, reading.needs_restart);
    fresh.key = previous->key;
    fresh.key_source = previous->key_source;
  }
  const auto folder = fresh.settings.providers.empty() ? std::vector<credcache::definition_file>{}
                                                       : credcache::read_definition_folder(fresh.settings.providers);
  fresh.catalog = credcache::provider_catalog::load(credcache::built_in_definitions(), folder);
  read_tokens(fresh);
  fresh.rules = access::access_rules(fresh.settings.access);
  reading.audit = audit::open_audit_file(fresh.settings.audit);

  reading.environment_names = fresh.catalog->environment_names();
  auto credentials = std::make_shared<credcache::sealed_values>(fresh.key);
  if (const auto directory = platform::credentials_directory()) {
    credcache::import_credentials(*directory, reading.environment_names, *credentials);
  }
  fresh.credentials = std::move(credentials);
  auto environment =
      previous == nullptr ? std::make_shared<credcache::sealed_values>(fresh.key) : previous->environment->clone();
  credcache::import_environment(reading.environment_names, *environment);
  fresh.environment = std::move(environment);
  return reading;
}

}  // namespace credcached::server
