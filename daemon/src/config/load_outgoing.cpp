#include "config/load_outgoing.hpp"

#include <sys/un.h>

#include <string>

#include "config/yaml_keys.hpp"
#include "outgoing/protocol/bounds.hpp"
#include "outgoing/protocol/host_list.hpp"
#include "outgoing/protocol/url.hpp"

namespace credcached::config {

namespace {

using credcache::yaml_value;

constexpr std::size_t longest_path = 1'024;

std::string read_path(const yaml_value& v, std::string_view expected) {
  if (v.is_empty()) return "";
  auto path = v.text(expected);
  if (path.front() != '/' || path.size() > longest_path) v.refuse(expected);
  return path;
}

void read_courier(const yaml_value& v, outgoing& o) {
  constexpr std::string_view expected = "unix:/absolute/path of a socket or the absolute path of credcached-courier";
  constexpr std::string_view prefix = "unix:";
  if (v.is_empty()) {
    o.courier.clear();
    return;
  }
  o.courier = v.text(expected);
  const bool is_socket = o.courier.starts_with(prefix);
  const auto path = std::string_view(o.courier).substr(is_socket ? prefix.size() : 0);
  constexpr std::size_t longest_socket = sizeof(sockaddr_un::sun_path) - 1;
  if (!path.starts_with('/') || path.size() > (is_socket ? longest_socket : longest_path)) v.refuse(expected);
}

void read_proxy(const yaml_value& v, outgoing& o) {
  constexpr std::string_view expected = "http://HOST:PORT, without user and password";
  constexpr std::string_view scheme = "http://";
  if (v.is_empty()) {
    o.proxy.clear();
    return;
  }
  o.proxy = v.text(expected);
  // Not shown: somebody may have put a password there.
  if (o.proxy.find('@') != std::string::npos) v.refuse("a proxy with a user or password", expected);
  auto authority = std::string_view(o.proxy);
  if (!authority.starts_with(scheme)) v.refuse(expected);
  authority.remove_prefix(scheme.size());
  if (authority.ends_with('/')) authority.remove_suffix(1);
  const auto parts = credcached::outgoing::parse_authority(authority);
  if (!parts || parts->port == 0) v.refuse(expected);
}

std::vector<std::string> read_hosts(const yaml_value& list) {
  constexpr std::string_view expected =
      "a host (api.example.org), everything below a name (.example.org), an address, a range (10.0.0.0/8) or \"*\"";
  std::vector<std::string> hosts;
  std::size_t bytes = 0;
  for (const auto& v : list.items()) {
    hosts.push_back(v.text(expected));
    if (!credcached::outgoing::is_host_entry(hosts.back())) v.refuse(expected);
    bytes += hosts.back().size() + 1;
  }
  if (bytes > credcached::outgoing::longest_host_list)
    list.refuse("hosts of " + std::to_string(bytes) + " bytes",
                "at most " + std::to_string(credcached::outgoing::longest_host_list) +
                    ": ranges and names with a dot say more");
  return hosts;
}

constexpr yaml_key<outgoing> outgoing_keys[] = {
    {"enabled", [](const yaml_value& v, outgoing& o) { o.enabled = v.boolean(); }},
    {"courier", read_courier},
    {"ca", [](const yaml_value& v, outgoing& o) { o.ca = read_path(v, "the absolute path of a file or folder"); }},
    {"proxy", read_proxy},
    {"noProxy", [](const yaml_value& v, outgoing& o) { o.no_proxy = read_hosts(v); }},
    {"allow", [](const yaml_value& v, outgoing& o) { o.allow = read_hosts(v); }},
    {"allowPrivate", [](const yaml_value& v, outgoing& o) { o.allow_private = read_hosts(v); }},
    {"allowHttp", [](const yaml_value& v, outgoing& o) { o.allow_http = v.boolean(); }},
};

}  // namespace

void read_outgoing(const yaml_value& map, outgoing& into) {
  read_map(map, outgoing_keys, into);
}

std::vector<std::string_view> outgoing_key_names() {
  std::vector<std::string_view> names;
  for (const auto& key : outgoing_keys) names.push_back(key.name);
  return names;
}

}  // namespace credcached::config
