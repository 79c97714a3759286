#include "config/load_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "base/profile.hpp"
#include "base/secret_file.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "config/duration.hpp"
#include "config/listener.hpp"
#include "config/load_outgoing.hpp"
#include "config/yaml_keys.hpp"
#include "credcache/limits.hpp"
#include "credcache/secret.hpp"

namespace credcached::config {

namespace {

using namespace std::chrono_literals;
using credcache::yaml_value;

static_assert(longest_config_file == yaml_value::longest_text);

double read_rate(const yaml_value& v) {
  constexpr double least = 1e-3, most = 1e6;
  double rate = 0;
  const std::string& text = v.scalar();
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, rate);
  if (error != std::errc{} || rest != end || !(rate >= least && rate <= most))
    v.refuse("a number from 0.001 to 1000000");
  return rate;
}

std::chrono::seconds read_duration(const yaml_value& v, std::chrono::seconds least, std::chrono::seconds most) {
  const auto duration = parse_duration(v.scalar());
  if (!duration) v.refuse(duration_forms);
  if (*duration < least || *duration > most)
    v.refuse(fmt::format("a duration from {} to {}", format_duration(least), format_duration(most)));
  return *duration;
}

mode_t read_mode(const yaml_value& v) {
  const auto mode = credcache::whole_number<mode_t>(v.scalar(), 8);
  if (!mode || !v.scalar().starts_with('0') || *mode > 0777) v.refuse("an octal mode such as \"0660\"");
  return *mode;
}

constexpr std::array<std::string_view, 4> log_levels{"info", "warning", "error", "off"};
static_assert(action_names.size() == static_cast<std::size_t>(action::admin) + 1);

std::string optional_text(const yaml_value& v, std::string_view expected) {
  return v.is_empty() ? "" : v.text(expected);
}

listener read_address(const yaml_value& v) {
  const std::string text = v.text("unix:PATH or tcp:HOST:PORT");
  try {
    return parse_listener(text);
  } catch (const config_error& e) {
    throw credcache::yaml_error(v.position() + ": " + e.what());
  }
}

void only_for(const yaml_value& v, const listener& l, listener::kind kind, std::string_view key) {
  if (l.transport == kind) return;
  v.refuse(fmt::format("{} for {}", key, to_string(l)),
           kind == listener::kind::tcp ? "it with tcp: addresses only" : "it with unix: addresses only");
}

constexpr yaml_key<listener> listener_keys[] = {
    {"address", [](const yaml_value& v, listener& l) { l = read_address(v); }},
    {"mode",
     [](const yaml_value& v, listener& l) {
       only_for(v, l, listener::kind::unix_socket, "mode");
       l.mode = read_mode(v);
     }},
    {"owner",
     [](const yaml_value& v, listener& l) {
       only_for(v, l, listener::kind::unix_socket, "owner");
       l.owner = v.text("a user name or uid");
     }},
    {"group",
     [](const yaml_value& v, listener& l) {
       only_for(v, l, listener::kind::unix_socket, "group");
       l.group = v.text("a group name or gid");
     }},
    {"trustProxy",
     [](const yaml_value& v, listener& l) {
       only_for(v, l, listener::kind::tcp, "trustProxy");
       l.trust_proxy = v.boolean();
     }},
    {"hosts",
     [](const yaml_value& v, listener& l) {
       only_for(v, l, listener::kind::tcp, "hosts");
       l.hosts = v.texts("a host name");
     }},
};

listener read_listener(const yaml_value& v) {
  if (!v.is_map()) return read_address(v);
  listener l;
  read_map(v, listener_keys, l);
  if (l.path.empty() && l.host.empty()) v.refuse("a listener without address", "address: unix:PATH or tcp:HOST:PORT");
  return l;
}

constexpr yaml_key<token> token_keys[] = {
    {"name", [](const yaml_value& v, token& t) { t.name = v.text("a name for rules and the audit"); }},
    {"file", [](const yaml_value& v, token& t) { t.file = v.text("a file name"); }},
    {"user", [](const yaml_value& v, token& t) { t.user = v.text("a user name"); }},
};

void read_tokens(const yaml_value& list, settings& s) {
  for (const auto& v : list.items()) {
    token t;
    read_map(v, token_keys, t);
    if (t.name.empty() || t.file.empty()) v.refuse("an incomplete token", "name and file");
    for (const auto& earlier : s.tokens)
      if (earlier.name == t.name) v.refuse("a second token named \"" + t.name + "\"", "different names");
    s.tokens.push_back(std::move(t));
  }
}

constexpr yaml_key<access_rule> peer_keys[] = {
    {"user", [](const yaml_value& v, access_rule& r) { r.user = v.text("a login name"); }},
    {"group", [](const yaml_value& v, access_rule& r) { r.group = v.text("a group name"); }},
    {"uid", [](const yaml_value& v, access_rule& r) { r.uid = static_cast<uid_t>(v.number(0, UINT32_MAX - 1)); }},
    {"gid", [](const yaml_value& v, access_rule& r) { r.gid = static_cast<gid_t>(v.number(0, UINT32_MAX - 1)); }},
    {"token", [](const yaml_value& v, access_rule& r) { r.token = v.text("the name of a token"); }},
};

void read_profiles(const yaml_value& list, access_rule& r) {
  constexpr std::string_view expected = "a profile, or \"\" for credentials without one";
  for (const auto& v : list.items()) {
    if (!v.is_text() || !credcache::complaint_about_profile(v.scalar()).empty()) v.refuse(expected);
    r.profiles.push_back(v.scalar());
  }
  if (r.profiles.empty()) list.refuse("an empty list", "at least one profile, or no such key for every profile");
}

constexpr yaml_key<access_rule> access_keys[] = {
    {"peer", [](const yaml_value& v, access_rule& r) { read_map(v, peer_keys, r); }},
    {"actions",
     [](const yaml_value& list, access_rule& r) {
       for (const auto& v : list.items()) r.actions.push_back(static_cast<action>(v.one_of(action_names)));
     }},
    {"owners",
     [](const yaml_value& list, access_rule& r) {
       for (const auto& v : list.items()) {
         r.owners.push_back(v.text("a user name, isv:NAME, self or \"*\""));
         if (r.owners.back() == "isv:") v.refuse("isv:NAME");
       }
     }},
    {"csps", [](const yaml_value& v, access_rule& r) { r.csps = v.texts("a csp or \"*\""); }},
    {"profiles", read_profiles},
    {"decision",
     [](const yaml_value& v, access_rule& r) {
       static constexpr std::string_view choices[] = {"allow", "refuse"};
       r.allow = v.one_of(choices) == 0;
     }},
};

void read_access(const yaml_value& list, settings& s) {
  for (const auto& v : list.items()) {
    access_rule r;
    r.line = v.line();
    read_map(v, access_keys, r);
    // Forgetting the peer would open the rule to everybody; `peer: {}` says that aloud.
    if (!v["peer"].is_defined()) v.refuse("a rule without peer", "peer: {user: …}, or peer: {} for everybody");
    if (r.token && *r.token != "default" &&
        std::none_of(s.tokens.begin(), s.tokens.end(), [&](const token& t) { return t.name == *r.token; }))
      v.refuse("a rule for the unknown token \"" + *r.token + "\"", "a name from tokens, or default");
    s.access.push_back(std::move(r));
  }
}

std::string read_origin(const yaml_value& v) {
  constexpr std::string_view expected = "an origin such as https://portal.example (scheme, host and port, no path)";
  auto origin = v.text(expected);
  const auto host = origin.find("://");
  const bool http = origin.starts_with("http://") || origin.starts_with("https://");
  if (!http || host + 3 == origin.size() || origin.find_first_of("/* ", host + 3) != std::string::npos)
    v.refuse(expected);
  return origin;
}

// A blank value is none wherever values are joined: here it is a mistake.
void read_environment(const yaml_value& map, settings& s) {
  constexpr std::string_view expected = "a value in one line that is not blank";
  for (const auto& [key, v] : map.members()) {
    if (v.is_null()) key.refuse("nothing", expected);
    given_value given{key.scalar(), v.text(expected), key.line()};
    if (credcache::is_blank(given.value)) v.refuse("a blank value", expected);
    if (given.value.size() > credcache::longest_value)
      v.refuse(std::to_string(given.value.size()) + " bytes",
               "at most " + std::to_string(credcache::longest_value) + " in a value");
    s.environment.push_back(std::move(given));
  }
}

constexpr std::size_t kib = 1024;
// The library cannot store more.

using credcache::cache_limits;
constexpr yaml_key<cache_limits> cache_keys[] = {
    {"entries", [](const yaml_value& v, cache_limits& l) { l.entries = v.number(1, 100'000'000); }},
    {"bytes", [](const yaml_value& v, cache_limits& l) { l.bytes = v.number(64 * kib, std::uint64_t{1} << 40); }},
    {"credentialsPerOwner", [](const yaml_value& v, cache_limits& l) { l.entries_per_owner = v.number(1, 1'000'000); }},
    {"eviction",
     [](const yaml_value& v, cache_limits& l) {
       static constexpr std::string_view choices[] = {"refuse", "soonest-expiry"};
       l.eviction = static_cast<credcache::eviction_policy>(v.one_of(choices));
     }},
};

constexpr yaml_key<limits> limit_keys[] = {
    {"connections", [](const yaml_value& v, limits& l) { l.connections = v.number(1, 1'000'000); }},
    {"connectionsPerUid", [](const yaml_value& v, limits& l) { l.connections_per_uid = v.number(1, 1'000'000); }},
    {"headerBytes", [](const yaml_value& v, limits& l) { l.header_bytes = v.number(kib, 64 * kib); }},
    {"bodyBytes", [](const yaml_value& v, limits& l) { l.body_bytes = v.number(kib, 16 * kib * kib); }},
    {"variables", [](const yaml_value& v, limits& l) { l.variables = v.number(1, credcache::most_variables); }},
    {"valueBytes", [](const yaml_value& v, limits& l) { l.value_bytes = v.number(1, credcache::longest_value); }},
    {"jsonDepth", [](const yaml_value& v, limits& l) { l.json_depth = v.number(4, 32); }},
    {"memoryInFlightBytes",
     [](const yaml_value& v, limits& l) { l.memory_in_flight_bytes = v.number(kib * kib, std::uint64_t{1} << 40); }},
    {"headerTimeout", [](const yaml_value& v, limits& l) { l.header_timeout = read_duration(v, 1s, 1h); }},
    {"bodyTimeout", [](const yaml_value& v, limits& l) { l.body_timeout = read_duration(v, 1s, 1h); }},
    {"idleTimeout", [](const yaml_value& v, limits& l) { l.idle_timeout = read_duration(v, 1s, 24h); }},
    {"requestTimeout", [](const yaml_value& v, limits& l) { l.request_timeout = read_duration(v, 1s, 1h); }},
    {"drainTimeout", [](const yaml_value& v, limits& l) { l.drain_timeout = read_duration(v, 0s, 1h); }},
    {"requestsPerSecond",
     [](const yaml_value& v, limits& l) {
       if (!v.is_null()) l.requests_per_second = read_rate(v);
     }},
    {"requestsBurst", [](const yaml_value& v, limits& l) { l.requests_burst = v.number(1, 1'000'000); }},
};

constexpr yaml_key<audit> audit_keys[] = {
    {"to",
     [](const yaml_value& v, audit& a) {
       constexpr std::string_view expected = "journal or the absolute path of a file";
       a.to = optional_text(v, expected);
       if (!a.to.empty() && a.to != "journal" && a.to.front() != '/') v.refuse(expected);
     }},
    {"onFailure",
     [](const yaml_value& v, audit& a) {
       static constexpr std::string_view choices[] = {"count", "refuse"};
       a.on_failure = static_cast<audit_failure>(v.one_of(choices));
     }},
};

// In this order: access rules look at the tokens before them.
constexpr yaml_key<settings> top_keys[] = {
    {"listen",
     [](const yaml_value& list, settings& s) {
       for (const auto& v : list.items()) s.listeners.push_back(read_listener(v));
     }},
    {"providers", [](const yaml_value& v, settings& s) { s.providers = optional_text(v, "a folder"); }},
    {"keyFile", [](const yaml_value& v, settings& s) { s.key_file = optional_text(v, "a file name"); }},
    {"defaultTtl",
     [](const yaml_value& v, settings& s) { s.lifetime.standard = read_duration(v, 1s, longest_time_to_live); }},
    {"maxTtl",
     [](const yaml_value& v, settings& s) { s.lifetime.longest = read_duration(v, 1s, longest_time_to_live); }},
    {"workers", [](const yaml_value& v, settings& s) { s.workers = static_cast<unsigned>(v.number(0, most_workers)); }},
    {"tokens", read_tokens},
    {"access", read_access},
    {"corsOrigins",
     [](const yaml_value& list, settings& s) {
       for (const auto& v : list.items()) s.cors_origins.push_back(read_origin(v));
     }},
    {"several",
     [](const yaml_value& v, settings& s) {
       static constexpr std::string_view choices[] = {"first", "refuse"};
       s.several = static_cast<credcache::several>(v.one_of(choices));
     }},
    {"environment", read_environment},
    {"cache", [](const yaml_value& v, settings& s) { read_map(v, cache_keys, s.cache); }},
    {"limits", [](const yaml_value& v, settings& s) { read_map(v, limit_keys, s.limits); }},
    {"audit", [](const yaml_value& v, settings& s) { read_map(v, audit_keys, s.audit); }},
    {"outgoing", [](const yaml_value& v, settings& s) { read_outgoing(v, s.outgoing); }},
    {"logLevel", [](const yaml_value& v, settings& s) { s.log_level = log_levels[v.one_of(log_levels)]; }},
    {"runAs",
     [](const yaml_value& v, settings& s) {
       if (!v.is_null()) s.run_as = v.text("a user name");
     }},
};

settings read_document(const yaml_value& root, const std::string& name) {
  settings s;
  s.config_file = name;
  if (root.is_null()) return s;  // nothing but comments means the defaults
  read_map(root, top_keys, s);
  if (const auto wrong = find_inconsistency(s)) {
    const auto value = root[wrong->key];
    throw credcache::yaml_error((value.is_defined() ? value : root).position() + ": " + wrong->text);
  }
  return s;
}

}  // namespace

settings parse_settings(const std::string& text, const std::string& name) try {
  // As a file is while somebody writes it: a reload would drop every rule.
  if (credcache::is_blank(text))
    throw config_error(name + ":1:1: found nothing, expected settings, or a comment if the defaults are meant");
  return read_document(yaml_value::load(text, name, "one document of lines such as defaultTtl: 1h"), name);
} catch (const credcache::yaml_error& e) {
  throw config_error(e.what());
}

// Never waits for a file that is something else, such as a pipe: a reload would hang in it.
settings load_settings(const std::string& file) {
  std::string text(longest_config_file + 1, '\0');
  std::optional<std::size_t> size;
  try {
    size = credcache::read_secret_file("configuration file", file, credcache::file_guard::regular, text);
  } catch (const std::runtime_error& e) {
    throw config_error(e.what());
  }
  if (!size)
    throw config_error(file + ": found no such file, expected a configuration file; config.full.yaml shows every key");
  text.resize(*size);
  return parse_settings(text, file);
}

std::optional<inconsistency> find_inconsistency(const settings& s) {
  if (s.lifetime.standard > s.lifetime.longest)
    return inconsistency{
        s.lifetime.longest == settings{}.lifetime.longest ? "defaultTtl" : "maxTtl",
        fmt::format("found a default time to live of {} over the maximum of {}, expected defaultTtl <= maxTtl",
                    format_duration(s.lifetime.standard), format_duration(s.lifetime.longest))};
  if (s.limits.value_bytes > s.limits.body_bytes)
    return inconsistency{"limits", "found valueBytes over bodyBytes, expected room for a value in a body"};
  for (const auto& l : s.listeners)
    if (l.transport == listener::kind::unix_socket && (l.mode & 06) != 0 && s.access.empty())
      return inconsistency{
          "listen", fmt::format("found a socket that everybody may open ({}) without access rules, expected mode "
                                "\"0660\" with a group, or rules in access",
                                to_string(l))};
  return std::nullopt;
}

std::vector<std::string> known_keys() {
  std::vector<std::string> names;
  const auto add = [&](const std::string& prefix, const auto& keys) {
    for (const auto& k : keys) names.push_back(prefix + std::string(k.name));
  };
  add("", top_keys);
  add("listen.", listener_keys);
  add("tokens.", token_keys);
  add("access.", access_keys);
  add("access.peer.", peer_keys);
  add("cache.", cache_keys);
  add("limits.", limit_keys);
  add("audit.", audit_keys);
  for (const auto name : outgoing_key_names()) names.push_back("outgoing." + std::string(name));
  return names;
}

bool is_log_level(std::string_view text) noexcept {
  return std::find(log_levels.begin(), log_levels.end(), text) != log_levels.end();
}

}  // namespace credcached::config
