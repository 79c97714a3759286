#include "config/load_settings.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "config/duration.hpp"
#include "config/listener.hpp"
#include "config/yaml_value.hpp"
#include "credcache/limits.hpp"

namespace credcached::config {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 6> log_levels{"trace", "debug", "info", "warning", "error", "off"};
constexpr std::array<std::string_view, 6> action_names{"add", "list", "remove", "resolve", "verify", "admin"};

std::string optional_text(const yaml_value& v, std::string_view expected) {
  return v.is_empty() ? "" : v.text(expected);
}

listener read_address(const yaml_value& v) try {
  return parse_listener(v.text("unix:PATH or tcp:HOST:PORT"));
} catch (const config_error& e) {
  // A message of text() has its place already.
  if (std::string_view(e.what()).starts_with("found ")) throw config_error(v.place() + e.what());
  throw;
}

void only_for(const yaml_value& v, const listener& l, listener::kind kind, std::string_view key) {
  if (l.transport == kind) return;
  v.refuse(std::string(key) + " for " + to_string(l),
           kind == listener::kind::tcp ? "it with tcp: addresses only" : "it with unix: addresses only");
}

constexpr yaml_key<listener> listener_keys[] = {
    {"address", [](const yaml_value& v, listener& l) { l = read_address(v); }},
    {"mode",
     [](const yaml_value& v, listener& l) {
       only_for(v, l, listener::kind::unix_socket, "mode");
       l.mode = v.mode();
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
  read_map<listener>(v, listener_keys, l);
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
    read_map<token>(v, token_keys, t);
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

constexpr yaml_key<access_rule> access_keys[] = {
    {"peer", [](const yaml_value& v, access_rule& r) { read_map<access_rule>(v, peer_keys, r); }},
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
    {"decision",
     [](const yaml_value& v, access_rule& r) {
       static constexpr std::string_view choices[] = {"allow", "refuse"};
       r.allow = v.one_of(choices) == 0;
     }},
};

void read_access(const yaml_value& list, settings& s) {
  for (const auto& v : list.items()) {
    access_rule r;
    read_map<access_rule>(v, access_keys, r);
    // Forgetting the peer would open the rule to everybody; `peer: {}` says that aloud.
    bool has_peer = false;
    for (const auto& [key, value] : v.members()) has_peer = has_peer || key.text("a key") == "peer";
    if (!has_peer) v.refuse("a rule without peer", "peer: {user: …}, or peer: {} for everybody");
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

constexpr std::size_t kib = 1024;

constexpr yaml_key<settings> cache_keys[] = {
    {"entries", [](const yaml_value& v, settings& s) { s.cache_entries = v.number(1, 100'000'000); }},
    {"bytes", [](const yaml_value& v, settings& s) { s.cache_bytes = v.number(64 * kib, std::uint64_t{1} << 40); }},
    {"credentialsPerOwner", [](const yaml_value& v, settings& s) { s.credentials_per_owner = v.number(1, 1'000'000); }},
    {"eviction",
     [](const yaml_value& v, settings& s) {
       static constexpr std::string_view choices[] = {"refuse", "soonest-expiry"};
       s.evict_soonest_expiry = v.one_of(choices) == 1;
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
    {"headerTimeout", [](const yaml_value& v, limits& l) { l.header_timeout = v.duration(1s, 1h); }},
    {"bodyTimeout", [](const yaml_value& v, limits& l) { l.body_timeout = v.duration(1s, 1h); }},
    {"idleTimeout", [](const yaml_value& v, limits& l) { l.idle_timeout = v.duration(1s, 24h); }},
    {"drainTimeout", [](const yaml_value& v, limits& l) { l.drain_timeout = v.duration(0s, 1h); }},
    {"requestsPerSecond",
     [](const yaml_value& v, limits& l) {
       if (!v.is_null()) l.requests_per_second = v.rate();
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
    {"defaultTtl", [](const yaml_value& v, settings& s) { s.default_ttl = v.duration(1s, longest_time_to_live); }},
    {"maxTtl", [](const yaml_value& v, settings& s) { s.max_ttl = v.duration(1s, longest_time_to_live); }},
    {"workers", [](const yaml_value& v, settings& s) { s.workers = static_cast<unsigned>(v.number(0, 1024)); }},
    {"tokens", read_tokens},
    {"access", read_access},
    {"corsOrigins",
     [](const yaml_value& list, settings& s) {
       for (const auto& v : list.items()) s.cors_origins.push_back(read_origin(v));
     }},
    {"cache", [](const yaml_value& v, settings& s) { read_map<settings>(v, cache_keys, s); }},
    {"limits", [](const yaml_value& v, settings& s) { read_map<limits>(v, limit_keys, s.limits); }},
    {"audit", [](const yaml_value& v, settings& s) { read_map<audit>(v, audit_keys, s.audit); }},
    {"logLevel", [](const yaml_value& v, settings& s) { s.log_level = log_levels[v.one_of(log_levels)]; }},
    {"runAs",
     [](const yaml_value& v, settings& s) {
       if (!v.is_null()) s.run_as = v.text("a user name");
     }},
};

/// yaml-cpp's own complaint, in our form.
std::string syntax_error(const YAML::Exception& e, const std::string& name) {
  const auto from_one = [](int n) { return std::to_string(n < 0 ? 1 : n + 1); };
  std::string why = e.msg;
  std::replace_if(
      why.begin(), why.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return name + ":" + from_one(e.mark.line) + ":" + from_one(e.mark.column) + ": found no valid YAML (" + why +
         "), expected one document of lines such as defaultTtl: 1h";
}

settings read_document(const yaml_value& root, const YAML::Node& node, const std::string& name) {
  settings s;
  s.config_file = name;
  if (root.is_null()) return s;  // an empty file means the defaults
  read_map<settings>(root, top_keys, s);
  if (const auto wrong = find_inconsistency(s)) {
    const auto at = node[std::string(wrong->key)];
    throw config_error((at ? yaml_value(at, name) : root).place() + wrong->text);
  }
  return s;
}

}  // namespace

settings parse_settings(const std::string& text, const std::string& name) try {
  if (text.size() > longest_config_file)
    throw config_error(name + ":1:1: found " + std::to_string(text.size()) + " bytes, expected at most " +
                       std::to_string(longest_config_file));
  const auto node = load_single_document(text);
  return read_document(yaml_value(node, name), node, name);
} catch (const YAML::Exception& e) {
  throw config_error(syntax_error(e, name));
}

settings load_settings(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(longest_config_file + 1, '\0');
  if (!in || !(in.read(text.data(), static_cast<std::streamsize>(text.size())) || in.eof()))
    throw config_error(file + ": found nothing to read (" + std::strerror(errno == 0 ? EIO : errno) +
                       "), expected a configuration file; config.full.yaml shows every key");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_settings(text, file);
}

std::optional<inconsistency> find_inconsistency(const settings& s) {
  if (s.default_ttl > s.max_ttl)
    return inconsistency{s.max_ttl == settings{}.max_ttl ? "defaultTtl" : "maxTtl",
                         "found a default time to live of " + format_duration(s.default_ttl) + " over the maximum of " +
                             format_duration(s.max_ttl) + ", expected defaultTtl <= maxTtl"};
  if (s.limits.value_bytes > s.limits.body_bytes)
    return inconsistency{"limits", "found valueBytes over bodyBytes, expected room for a value in a body"};
  for (const auto& l : s.listeners)
    if (l.transport == listener::kind::unix_socket && (l.mode & 06) != 0 && s.access.empty())
      return inconsistency{"listen",
                           "found a socket that everybody may open (" + to_string(l) +
                               ") without access rules, expected mode \"0660\" with a group, or rules in access"};
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
  return names;
}

bool is_log_level(std::string_view text) noexcept {
  return std::find(log_levels.begin(), log_levels.end(), text) != log_levels.end();
}

}  // namespace credcached::config
