#include "server/check_configuration.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include "access/rule_review.hpp"
#include "api/routes.hpp"
#include "audit/audit_log.hpp"
#include "base/spelling.hpp"
#include "base/system_text.hpp"
#include "base/text.hpp"
#include "base/user_namespace.hpp"
#include "config/config_error.hpp"
#include "config/listener.hpp"
#include "credcache/key_source.hpp"
#include "platform/peer_identity.hpp"
#include "platform/token_file.hpp"
#include "platform/trusted_folder.hpp"

namespace credcached::server {
namespace {

std::string folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

// The folders that the absolute name of a file leads through, also those behind links: whoever may write in one of them can put
// another file there.
std::set<std::filesystem::path> folders_to(const std::filesystem::path& file) {
  std::set<std::filesystem::path> folders;
  std::error_code unseen;
  for (const std::filesystem::path& path : {file, std::filesystem::canonical(file, unseen)})
    for (auto folder = path.parent_path(); folders.insert(folder).second; folder = folder.parent_path()) {
    }
  folders.erase("");
  return folders;
}

// The actions that some request has.
std::vector<config::action> actions_asked_for() {
  std::set<config::action> actions;
  for (const api::route& route : api::routes())
    if (route.asks_rules()) actions.insert(route.access);
  return {actions.begin(), actions.end()};
}

// The names that definitions look up in sources.
struct known_variables {
  std::set<std::string_view> plain, secret;
  std::map<std::string_view, std::string_view> beside_secret;  // a plain one → the secret that it goes together with

  explicit known_variables(const credcache::provider_catalog& catalog) {
    for (const auto& csp : catalog.csps()) {
      for (const auto& required : csp.required_names) plain.insert(required.name);
      for (const auto& definition : csp.credentials) add(definition);
    }
  }

 private:
  void add(const credcache::credential_definition& definition) {
    for (std::size_t i = 0; i < definition.variables.size(); ++i) {
      const auto& variable = definition.variables[i];
      (variable.sensitive ? secret : plain).insert(variable.looked_up_as.begin(), variable.looked_up_as.end());
      for (const credcache::variable_set group : definition.together) {
        if ((group >> i & 1U) == 0) continue;
        for (const std::string& other : definition.names_of(group)) {
          const auto* const beside = definition.find_variable(other);
          if (!beside->sensitive) continue;
          for (const std::string& name : variable.looked_up_as) beside_secret.emplace(name, beside->name);
        }
      }
    }
  }
};

void check_account(const std::optional<std::string>& name, const std::string& kind, const std::string& where) {
  if (!name) return;
  const bool known = kind == "user" ? platform::uid_of(*name).has_value() : platform::gid_of(*name).has_value();
  if (!known)
    throw config::config_error(where + ": found " + kind + " " + credcache::shown(*name) +
                               ", expected one of this machine");
}

// A file that serve would read. Those of another user, who may be the one that serves, are not judged.
enum class reach : std::uint8_t { missing, readable, out_of_reach };

reach look_at(const std::string& kind, const std::string& file, std::vector<std::string>& warnings) {
  struct stat info {};
  const bool seen = ::stat(file.c_str(), &info) == 0;
  if (!seen && errno == ENOENT && ::access(folder_of(file).c_str(), W_OK | X_OK) == 0) return reach::missing;
  if (seen && credcache::is_own_or_root(info.st_uid) && ::access(file.c_str(), R_OK) == 0) return reach::readable;
  if (!seen && errno != EACCES && errno != EROFS)
    throw config::config_error(kind + " " + file + ": found no such file or folder (" + credcache::errno_text() +
                               "), expected one: make the folder");
  warnings.push_back(kind + " " + file + " has not been checked: it is for another user than this one (uid " +
                     std::to_string(::geteuid()) + "); run check-config as the user who serves.");
  return reach::out_of_reach;
}

void check_files(const config::settings& settings, std::vector<std::string>& warnings) {
  if (!settings.key_file.empty() && look_at("key file", settings.key_file, warnings) != reach::out_of_reach)
    static_cast<void>(credcache::read_key_file(settings.key_file));
  access::token_set tokens;
  for (const config::token& token : settings.tokens) {
    if (look_at("token file", token.file, warnings) != reach::readable) continue;
    bool made = false;
    const credcache::secret text = platform::read_or_make_token(token.file, made);
    check_own_text(tokens, token, text.reveal());
    tokens.add(token.name, token.user, text.reveal());
  }
  const std::string& audit = settings.audit.to;
  if (!audit.empty() && audit != "journal" && look_at("audit file", audit, warnings) == reach::readable)
    static_cast<void>(audit::open_audit_file(settings.audit));
}

}  // namespace

void check_own_text(const access::token_set& earlier, const config::token& token, std::string_view text) {
  const auto same = earlier.find(text);
  if (same)
    throw std::runtime_error("token \"" + token.name + "\": found the same text as token \"" + earlier.name(*same) +
                             "\", expected one of its own: " + token.file);
}

void check_environment(const config::settings& settings, const credcache::provider_catalog& catalog) {
  if (settings.environment.empty()) return;
  const known_variables known(catalog);
  for (const config::given_value& given : settings.environment) {
    const std::string found = settings.config_file + ":" + std::to_string(given.line) + ": environment: found " +
                              credcache::shown(given.name);
    if (known.secret.contains(given.name))
      throw config::config_error(found +
                                 ", which is a secret, expected values that are none: secrets belong into the "
                                 "cache (credcached add), not into a file");
    if (const auto with = known.beside_secret.find(given.name); with != known.beside_secret.end())
      throw config::config_error(found + ", which comes from the same source as the secret " +
                                 std::string(with->second) +
                                 ", expected values that are no part of an account: add it to the cache with that");
    if (!known.plain.contains(given.name))
      throw config::config_error(found +
                                 ", which no definition reads, expected the name of a variable or requirement." +
                                 credcache::did_you_mean(given.name, known.plain));
  }
}

std::vector<std::string> warnings_about(const config::settings& settings, const access::access_rules& rules,
                                        std::span<const credcache::definition_file> own) {
  std::vector<std::string> warnings = access::review_rules(rules, settings, actions_asked_for());
  std::set<std::filesystem::path> files;
  const auto add = [&](const std::string& name) {
    if (!name.empty()) files.insert(std::filesystem::absolute(name));
  };
  add(settings.config_file);
  add(settings.providers);
  for (const credcache::definition_file& file : own) add(file.name);
  const auto named = files;
  for (const auto& file : named) files.merge(folders_to(file));
  for (const auto& file : files) {
    if (const std::string found = platform::found_writable(file); !found.empty())
      warnings.push_back("Others can change what this daemon does: " + file.string() + ": " + found + ".");
  }
  // The owner is not asked for: check-config may be called by another user than the one who serves.
  struct stat audit {};
  const std::string& to = settings.audit.to;
  if (to.starts_with('/') && ::stat(to.c_str(), &audit) == 0 && S_ISREG(audit.st_mode) && (audit.st_mode & 022U) != 0)
    warnings.push_back("Others can change the audit: " + to + ": found mode " + credcache::octal(audit.st_mode) +
                       ", expected one in which nobody but the owner can write: chmod go-w it.");
  return warnings;
}

checked_configuration check_configuration(const config::settings& settings) {
  checked_configuration checked;
  std::vector<credcache::definition_file> own;
  if (!settings.providers.empty()) own = credcache::read_definition_folder(settings.providers);
  checked.own_definitions = own.size();
  checked.catalog = credcache::provider_catalog::load(credcache::built_in_definitions(), own);
  check_environment(settings, *checked.catalog);
  for (const config::listener& listener : settings.listeners) {
    check_account(listener.owner, "user", config::to_string(listener) + ": owner");
    check_account(listener.group, "group", config::to_string(listener) + ": group");
  }
  check_account(settings.run_as, "user", "runAs");
  const uid_t serves = settings.run_as ? platform::uid_of(*settings.run_as).value() : ::geteuid();
  checked.rules = access::access_rules(settings, serves, *checked.catalog);
  checked.warnings = warnings_about(settings, checked.rules, own);
  check_files(settings, checked.warnings);
  return checked;
}

answer_to decide(const checked_configuration& checked, const config::settings& settings, const request_of& request) {
  constexpr std::string_view isv = "isv:";
  access::caller caller;
  platform::peer peer;
  std::string self;
  if (!request.token.empty()) {
    const auto token = std::ranges::find(settings.tokens, request.token, &config::token::name);
    if (token == settings.tokens.end())
      throw config::config_error("found no token " + credcache::shown(request.token) + ", expected a name from tokens");
    caller.token = 0;
    caller.token_name = token->name;
    self = token->user.value_or("");
  } else {
    check_account(request.user, "user", "--as");
    peer.uid = platform::uid_of(request.user).value();
    self = platform::login_name(peer.uid).value().value_or(std::to_string(peer.uid));
    peer.gid = platform::primary_group_of(peer.uid).value_or(static_cast<gid_t>(-1));
    peer.groups = platform::groups_of(peer.uid);
  }
  caller.peer = &peer;
  caller.default_owner = self;
  credcache::owner_view owner{credcache::owner_kind::user,
                              request.owner.empty() || request.owner == "self" ? self : request.owner};
  if (request.owner.starts_with(isv))
    owner = {credcache::owner_kind::isv, std::string_view(request.owner).substr(isv.size())};
  if (owner.name.empty() && request.action != config::action::admin)
    throw config::config_error("found no owner: the token has no user, expected --owner");
  if (!request.csp.empty() && checked.catalog->find_csp(request.csp) == nullptr)
    throw config::config_error("found csp " + credcache::shown(request.csp) + ", expected one that has a definition");
  const std::string csp = request.csp.empty() ? "" : checked.catalog->find_csp(request.csp)->name;
  const auto ruling = checked.rules.decide(caller, request.action, owner, csp, request.profile);
  std::string text = ruling.allowed ? "allowed" : "refused";
  if (ruling.rule != nullptr) {
    text += " by line " + std::to_string(ruling.rule->line);
  } else if (checked.rules.rules().empty()) {
    text += ruling.allowed ? ": there are no rules"
                           : ": there are no rules, so only root, the user who serves and tokens are let in";
  } else {
    text += ": no rule matches";
  }
  return {ruling.allowed, std::move(text)};
}

}  // namespace credcached::server
