#include "server/materials.hpp"

#include <filesystem>
#include <utility>

#include "config/listener.hpp"
#include "credcache/key_source.hpp"
#include "platform/log.hpp"
#include "platform/systemd.hpp"
#include "platform/token_file.hpp"

namespace credcached::server {
namespace {

constexpr std::string_view key_credential = "credcached.key";

void read_key(const config::settings& settings, materials& into) {
  const auto folder = platform::credentials_directory();
  if (!settings.key_file.empty()) {
    const bool from_systemd = folder && settings.key_file.starts_with(*folder + "/");
    into.key = std::make_shared<const credcache::master_key>(credcache::read_key_file(
        settings.key_file, from_systemd ? credcache::key_file_guard::systemd : credcache::key_file_guard::mode));
    into.key_source = "file";
    return;
  }
  if (folder) {
    const std::filesystem::path file = std::filesystem::path(*folder) / key_credential;
    if (std::filesystem::exists(file)) {
      into.key = std::make_shared<const credcache::master_key>(
          credcache::read_key_file(file, credcache::key_file_guard::systemd));
      into.key_source = "systemd credential";
      return;
    }
  }
  into.key = std::make_shared<const credcache::master_key>(credcache::master_key::random());
  into.key_source = "random";
}

std::shared_ptr<const access::token_set> read_tokens(const config::settings& settings) {
  auto tokens = std::make_shared<access::token_set>();
  std::vector<config::token> wanted = settings.tokens;
  bool tcp = false;
  for (const auto& listener : settings.listeners) tcp = tcp || listener.transport == config::listener::kind::tcp;
  if (tcp && wanted.empty()) {
    const auto folder = std::filesystem::path(config::default_socket_path()).parent_path();
    wanted.push_back({"default", (folder / "token").string(), std::nullopt});
  }
  for (const config::token& token : wanted) {
    bool made = false;
    const credcache::secret text = platform::read_or_make_token(token.file, made);
    tokens->add(token.name, token.user, text.reveal());
    log::info(std::string(made ? "Made a" : "Took the") + " token \"" + token.name + "\" for TCP: " + token.file + ".");
  }
  return tokens;
}

}  // namespace

std::vector<std::unique_ptr<credcache::value_source>> materials::sources() const {
  std::vector<std::unique_ptr<credcache::value_source>> list;
  list.push_back(std::make_unique<credcache::sealed_source>(credcache::value_origin::systemd_credential, credentials));
  list.push_back(std::make_unique<credcache::sealed_source>(credcache::value_origin::environment, environment));
  return list;
}

materials read_materials(const config::settings& settings, const materials* previous) {
  materials fresh;
  if (previous == nullptr) {
    read_key(settings, fresh);
  } else {
    fresh.key = previous->key;
    fresh.key_source = previous->key_source;
  }
  const auto folder = settings.providers.empty() ? std::vector<credcache::definition_file>{}
                                                 : credcache::read_definition_folder(settings.providers);
  fresh.catalog = credcache::provider_catalog::load(credcache::built_in_definitions(), folder);
  fresh.tokens = read_tokens(settings);
  const std::vector<std::string> names = fresh.catalog->environment_names();
  fresh.credentials = std::make_shared<credcache::sealed_values>(fresh.key);
  if (const auto directory = platform::credentials_directory()) {
    credcache::import_credentials(*directory, names, *fresh.credentials);
  }
  // Last, because it takes the values out of the environment: nothing after it may fail.
  fresh.environment =
      previous == nullptr ? std::make_shared<credcache::sealed_values>(fresh.key) : previous->environment->clone();
  credcache::import_environment(names, *fresh.environment);
  return fresh;
}

}  // namespace credcached::server
