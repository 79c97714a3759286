#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstring>
#include <iostream>
#include <memory>
#include <span>

#include "base/spelling.hpp"
#include "base/system_text.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/inherited.hpp"
#include "cli/output.hpp"
#include "config/duration.hpp"
#include "config/listener.hpp"
#include "config/load_settings.hpp"
#include "formats/output_format.hpp"

namespace credcached::cli {

namespace {

std::string standard_life() {
  return config::format_duration(credcache::lifetime_limits{}.standard);
}
std::string longest_life() {
  return config::format_duration(credcache::lifetime_limits{}.longest);
}

std::string about() {
  return fmt::format(
      "Keeps cloud credentials in memory for deployment tools.\n\n"
      "  credcached serve &                                       start the daemon: private socket, random key, {} to "
      "live\n"
      "  credcached add --csp aws                                 asks for each value, secrets without echo\n"
      "  credcached explain --csp aws                             which value comes from where, what is missing\n"
      "  credcached exec --csp aws --min-ttl 40m -- tofu apply    runs a command with the credential in its "
      "environment\n",
      standard_life());
}

constexpr const char* exit_codes =
    "Exit codes: 0 ok, 1 the daemon refused, 2 usage or configuration, 3 daemon not reachable, 4 nothing found,\n"
    "5 expires too soon, 6 exists already. exec: those of the command, 126 not executable, 127 not found.";

constexpr const char* no_command =
    "found no command, expected it after --, such as: credcached exec --csp aws -- tofu apply";

CLI::Validator duration() {
  return {[](std::string& text) {
            if (config::parse_duration(text)) return std::string();
            return fmt::format("found {}, expected {}", credcache::shown(text), config::duration_forms);
          },
          "DURATION"};
}

CLI::Validator moment() {
  return {[](std::string& text) {
            if (credcache::parse_rfc3339(text)) return std::string();
            return fmt::format("found {}, expected a time like 2026-11-22T12:00:00Z", credcache::shown(text));
          },
          "TIME"};
}

CLI::Validator whole_number(unsigned least, unsigned most) {
  return {[least, most](std::string& text) {
            const auto value = credcache::whole_number<unsigned>(text);
            if (value && *value >= least && *value <= most) return std::string();
            return fmt::format("found {}, expected a whole number from {} to {}", credcache::shown(text), least, most);
          },
          "NUMBER"};
}

CLI::Validator refused_code() {
  return whole_number(1, 255);
}

CLI::Validator output_format() {
  return {[](std::string& text) {
            if (formats::find_output_format(text) != nullptr) return std::string();
            return fmt::format("found {}, expected {}", credcache::shown(text), formats::output_format_names());
          },
          "FORMAT"};
}

CLI::Validator listener_address() {
  return {[](std::string& text) -> std::string {
            try {
              static_cast<void>(config::parse_listener(text));
              return "";
            } catch (const config::config_error& e) {
              return e.what();
            }
          },
          "unix:PATH|tcp:HOST:PORT"};
}

CLI::Option* text(CLI::App& verb, const char* name, std::string& into, const std::string& description,
                  const char* kind = "TEXT") {
  return verb.add_option(name, into, description)->type_name(kind);
}

void connection(CLI::App& verb, connection_options& o) {
  text(verb, "--socket", o.socket, "the daemon's socket (default: $CREDCACHED_SOCKET, then that of serve)", "PATH");
  auto* user = text(verb, "--user", o.user, "act for this user (default: your login name)", "NAME");
  text(verb, "--isv", o.isv, "act for this ISV", "NAME")->excludes(user);
}

CLI::Option* select(CLI::App& verb, selector& o) {
  auto* csp = text(verb, "--csp", o.csp, "cloud service provider, such as aws");
  text(verb, "--site", o.site, "separate installation of it (default: the only or first one)");
  text(verb, "--type", o.type, "type of credential (default: variables)");
  text(verb, "--name", o.name, "name of the credential definition (default: any)");
  auto* profile = text(verb, "--profile", o.profile, "which of several accounts", "NAME");
  profile->check(CLI::Validator(
      [](std::string& name) {
        return credcache::is_blank(name)
                   ? "found nothing, expected a name; --no-profile means the credential without one"
                   : "";
      },
      ""));
  verb.add_flag("--no-profile", o.no_profile, "the credential without a profile")->excludes(profile);
  return csp;
}

void min_ttl(CLI::App& verb, std::string& into) {
  text(verb, "--min-ttl", into, "refuse if less life than this is left")->check(duration());
}

void json(CLI::App& verb, bool& into) {
  verb.add_flag("--json", into, "the daemon's answer as JSON");
}

void define(CLI::App& v, serve_options& o) {
  v.add_option("--listen", o.listen, "where to listen; may be repeated")
      ->check(listener_address())
      ->allow_extra_args(false);
  text(v, "--config", o.config, "configuration file; the other flags win over it", "FILE");
  text(v, "--providers", o.providers, "folder of provider definitions", "FOLDER");
  text(v, "--key-file", o.key_file, "master key of 16, 24 or 32 bytes (default: random)", "FILE");
  text(v, "--token-file", o.token_file, "bearer token for tcp:, named default; made if it is missing", "FILE");
  text(v, "--default-ttl", o.default_ttl, "life of a credential added without one (default: " + standard_life() + ")")
      ->check(duration());
  text(v, "--max-ttl", o.max_ttl, "longest life that may be asked for (default: " + longest_life() + ")")
      ->check(duration());
  text(v, "--workers", o.workers, "threads (default: one per core)")->check(whole_number(0, config::most_workers));
  text(v, "--log-level", o.log_level, "info, warning, error or off")
      ->check(CLI::Validator(
          [](std::string& level) { return config::is_log_level(level) ? "" : "expected info, warning, error or off"; },
          "LEVEL"));
}

void define(CLI::App& v, add_options& o) {
  connection(v, o.connection);
  select(v, o.selection);
  auto* ttl =
      text(v, "--ttl", o.ttl, "time to live (default: the daemon's, " + standard_life() + ")")->check(duration());
  text(v, "--expires-at", o.expires_at, "when it dies, in place of --ttl, such as 2026-11-22T12:00:00Z")
      ->check(moment())
      ->type_name("TIME")
      ->excludes(ttl);
  text(v, "--description", o.description, "what it is for");
  text(v, "--from-json", o.from_json,
       "with --csp: what a tool of this cloud has printed, such as aws sts assume-role; without: a "
       "request body, which may leave out site, type and name. - is standard input",
       "FILE");
  v.add_flag("--from-env", o.from_environment, "take the variables from your environment");
  auto* lines = text(v, "--from-file", o.from_file,
                     "take the variables from a file of NAME=VALUE, such as .env or ~/.aws/credentials, or from "
                     "OpenStack's clouds.yaml",
                     "FILE");
  text(v, "--section", o.section,
       "the section or cloud of that file (default: that of --profile, else default, or the only cloud)", "NAME")
      ->needs(lines);
  v.add_flag("--no-replace", o.no_replace, "refuse if there is such a credential already");
  v.add_option("values", o.values, "NAME=@file, NAME=- (standard input); NAME=value if it is no secret. None: asks")
      ->type_name("NAME=…");
}

void define(CLI::App& v, list_options& o) {
  connection(v, o.connection);
  v.add_flag("--all-owners", o.all_owners, "of every owner, as far as the access rules let you list it");
  text(v, "--csp", o.csp, "only those of this cloud service provider");
  text(v, "--expiring", o.expiring, "only those with less life left than this; if there are any, the exit code is 5")
      ->check(duration());
  v.add_flag("--long", o.details, "show the variables, secrets masked");
  json(v, o.json);
}

void define(CLI::App& v, rm_options& o) {
  connection(v, o.connection);
  select(v, o.selection);
  v.add_flag("--all", o.all, "everything of this owner");
}

void define(CLI::App& v, resolve_options& o) {
  connection(v, o.connection);
  select(v, o.selection)->required();
  min_ttl(v, o.min_ttl);
  const auto names = formats::output_format_names();
  text(v, "--format", o.format, fmt::format("{} (default: {})", names, formats::output_formats().front().name))
      ->check(output_format())
      ->type_name("FORMAT");
  text(v, "--host", o.host, "only a credential that is presented to this host, or to that of a URL", "HOST");
}

void define(CLI::App& v, explain_options& o) {
  connection(v, o.connection);
  select(v, o.selection)->required();
  min_ttl(v, o.min_ttl);
  v.add_flag("--check", o.check, "exit with the code that resolve would have");
  json(v, o.json);
}

void define(CLI::App& v, exec_options& o) {
  connection(v, o.connection);
  select(v, o.selection)->required();
  min_ttl(v, o.min_ttl);
  v.add_flag("--pristine", o.pristine, "the command inherits " + inherited_by_pristine());
  v.add_option("--keep", o.keep, "the command inherits this variable in any case; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  v.add_flag("--quiet", o.quiet, "do not tell which variables the command does not inherit");
  text(v, "--refused-code", o.refused_code, "exit with this code, 1 to 255, if there is no credential for the command")
      ->check(refused_code());
}

void define(CLI::App& v, capabilities_options& o) {
  connection(v, o.connection);
  text(v, "--csp", o.csp, "cloud service provider (default: all active ones)");
  json(v, o.json);
}

void define(CLI::App& v, status_options& o) {
  connection(v, o.connection);
  json(v, o.json);
}

void define(CLI::App& v, check_config_options& o) {
  text(v, "--config", o.config, "configuration file", "FILE");
  text(v, "--providers", o.providers, "folder of provider definitions", "FOLDER");
  v.add_flag("--strict", o.strict, "fail if there is a warning");
  auto* action = text(v, "--action", o.action, "what is asked for");
  action->check(CLI::IsMember(std::vector<std::string>(config::action_names.begin(), config::action_names.end())))
      ->type_name("ACTION");
  auto* user = text(v, "--as", o.user, "ask the access rules what this user may, and say which line decides", "USER");
  auto* token = text(v, "--as-token", o.token, "the same for the bearer of this token", "NAME")->excludes(user);
  user->needs(action);
  token->needs(action);
  text(v, "--owner", o.owner, "whose credential it is about: a user or isv:NAME (default: who asks)", "NAME");
  text(v, "--csp", o.csp, "cloud service provider (default: any)");
  auto* profile = text(v, "--profile", o.profile, "which of several accounts (default: any)", "NAME");
  v.add_flag("--no-profile", o.no_profile, "the credential without a profile")->excludes(profile);
}

void define(CLI::App&, version_options&) {}

/// One line of the table of verbs: how it is made and how its options are declared.
struct verb_row {
  const char* name;
  const char* description;
  void (*declare)(CLI::App&, verb&);
};

template <class Options>
constexpr auto declare = [](CLI::App& app, verb& into) { define(app, into.emplace<Options>()); };

constexpr verb_row verbs[] = {
    {"serve", "run the daemon", declare<serve_options>},
    {"add", "add or replace a credential", declare<add_options>},
    {"list", "list your credentials, masked, with their remaining life", declare<list_options>},
    {"rm", "remove credentials", declare<rm_options>},
    {"resolve", "print a complete credential", declare<resolve_options>},
    {"explain", "say which value comes from where and what is missing; no values", declare<explain_options>},
    {"exec", "run a command with a credential in its environment: credcached exec --csp CSP -- COMMAND…",
     declare<exec_options>},
    {"capabilities", "list the credentials that clouds take", declare<capabilities_options>},
    {"status", "say how the daemon is", declare<status_options>},
    {"check-config", "check a configuration and definitions as serve would read them", declare<check_config_options>},
    {"version", "print the version", declare<version_options>},
};

const verb_row* find_verb(std::string_view name) {
  for (const auto& row : verbs)
    if (row.name == name) return &row;
  return nullptr;
}

std::unique_ptr<CLI::App> parser_of(const verb_row& row, verb& into) {
  auto app = std::make_unique<CLI::App>(row.description, std::string("credcached ") + row.name);
  row.declare(*app, into);
  app->footer(exit_codes);
  return app;
}

finished show_help(const CLI::App& app) {
  std::cout << app.help() << std::flush;
  if (!std::cout) throw std::runtime_error("cannot write to standard output: " + credcache::errno_text());
  return {done};
}

/// What stands behind each `flag` among the words.
std::vector<std::string_view> values_of(std::span<char*> words, std::string_view flag) {
  std::vector<std::string_view> values;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with(flag)) continue;
    if (word.size() > flag.size() && word[flag.size()] == '=') values.push_back(word.substr(flag.size() + 1));
    if (word.size() == flag.size() && i + 1 < words.size()) values.emplace_back(words[i + 1]);
  }
  return values;
}

/// Wrong usage. The words may still name a format whose output is run as a script, or the exit code that a script waits
/// for; the option parser may have given up before it came to that.
finished misunderstood(std::span<char*> words) {
  for (const auto format : values_of(words, "--format")) print_failing_command(format);
  int code = wrong_usage;
  for (const auto text : values_of(words, "--refused-code"))
    if (refused_code()(std::string(text)).empty()) code = *credcache::whole_number<int>(text);
  return {code};
}

finished no_such_verb(std::span<char*> words, std::string_view found) {
  std::vector<std::string_view> names;
  for (const auto& row : verbs) names.emplace_back(row.name);
  std::cerr << "credcached: found " << credcache::shown(found) << ", expected a verb; `credcached --help` lists them."
            << credcache::did_you_mean(found, names) << "\n";
  return misunderstood(words);
}

/// Help for all verbs or for one, or what is wrong with a first argument that names none.
finished without_verb(std::span<char*> arguments) {
  const std::string_view first = arguments.size() > 1 ? arguments[1] : "";
  const std::string_view second = arguments.size() > 2 ? arguments[2] : "";
  if (first == "help" && !second.empty() && !second.starts_with('-')) {
    verb ignored;
    const auto* const row = find_verb(second);
    return row == nullptr ? no_such_verb(arguments, second) : show_help(*parser_of(*row, ignored));
  }
  if (first == "--version") return {run(version_options{})};
  CLI::App app(about(), "credcached");
  verb ignored;
  for (const auto& row : verbs) row.declare(*app.add_subcommand(row.name, row.description), ignored);
  app.footer(exit_codes);
  if (first == "--help" || first == "-h" || first == "help") return show_help(app);
  if (!first.empty()) return no_such_verb(arguments, first);
  std::cerr << app.help();
  return misunderstood(arguments);
}

}  // namespace

std::variant<verb, finished> parse_command_line(int argc, char** argv) {
  const std::span<char*> all(argv, static_cast<std::size_t>(argc));
  const auto* row = argc > 1 ? find_verb(all[1]) : nullptr;
  if (row == nullptr) return without_verb(all);

  // What follows -- belongs to the command that exec runs, word by word; the option parser does not see it.
  std::size_t count = 1;
  const bool runs_command = std::strcmp(row->name, "exec") == 0;
  while (count < all.size() && !(runs_command && std::strcmp(all[count], "--") == 0)) ++count;

  verb result;
  const auto parser = parser_of(*row, result);
  CLI::App& app = *parser;
  try {
    // The parser takes the first word for the program's name.
    app.parse(static_cast<int>(count - 1), all.data() + 1);
  } catch (const CLI::CallForHelp&) {
    return show_help(app);
  } catch (const CLI::ParseError& e) {
    const bool without_dashes =
        runs_command && count == all.size() && e.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
    std::cerr << "credcached: " << (without_dashes ? no_command : credcache::printable(e.what())) << " (`"
              << app.get_name() << " --help` shows what it takes)\n";
    return misunderstood(all.first(count));
  }
  if (auto* exec = std::get_if<exec_options>(&result)) {
    if (count + 1 >= all.size()) {
      std::cerr << "credcached: " << no_command << "\n";
      return misunderstood(all.first(count));
    }
    exec->command.assign(all.begin() + static_cast<std::ptrdiff_t>(count) + 1, all.end());
    exec->command.push_back(nullptr);
  }
  return result;
}

}  // namespace credcached::cli
