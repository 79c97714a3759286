#include "service/presented_hosts.hpp"

namespace credcache::inline v1 {

std::vector<std::string> presented_hosts(const authentication& how, std::span<const resolved_variable> variables) {
  std::vector<std::string> hosts;
  for (const std::string& host : how.hosts) {
    if (!host.starts_with('{')) {
      hosts.push_back(host);
      continue;
    }
    const std::string_view name = std::string_view(host).substr(1, host.size() - 2);
    for (const resolved_variable& variable : variables) {
      if (variable.names->front() != name) continue;
      if (const auto found = host_in(variable.value); !found.empty()) hosts.emplace_back(found);
    }
  }
  return hosts;
}

}  // namespace credcache::inline v1
