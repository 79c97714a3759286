#include "credcache/presentation.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "service/presented_hosts.hpp"
#include "signing/base64.hpp"

namespace credcache::inline v1 {
namespace {

std::string_view value_at(const resolution& resolved, std::size_t position) noexcept {
  return resolved.variables()[position].value;
}

failure unfit(const resolution& resolved, std::size_t position, std::string_view found, std::string_view expected) {
  return {error::invalid_value,
          {resolved.definition()->variables[position].name + ": found " + std::string(found) + ", expected " +
           std::string(expected) + "."}};
}

}  // namespace

bool presentation::is_for(std::string_view host) const noexcept {
  return std::ranges::any_of(hosts, [host](const std::string& allowed) { return is_same_host(allowed, host); });
}

result<presentation> present(const resolution& resolved) {
  presentation out;
  if (resolved.empty() || !resolved.definition()->presented) return out;
  const authentication& how = *resolved.definition()->presented;
  const std::string_view secret = value_at(resolved, how.secret);
  if (has_control_character(secret))
    return unfit(resolved, how.secret, "a control character", "a value that fits into one line of a request");
  if (how.scheme == authentication_scheme::basic) {
    const std::string_view username = value_at(resolved, how.username);
    if (username.find(':') != std::string_view::npos || has_control_character(username))
      return unfit(resolved, how.username, "a colon or a control character", "a user name without them (RFC 7617)");
    secret_buffer pair(username.size() + 1 + secret.size());
    pair.append(username);
    pair.push_back(':');
    pair.append(secret);
    out.value.append("Basic ");
    append_base64(out.value, pair.reveal());
  } else {
    out.value.append(how.scheme == authentication_scheme::bearer ? "Bearer " : std::string_view(how.prefix));
    out.value.append(secret);
  }
  out.hosts = presented_hosts(how, resolved.variables());
  if (out.hosts.size() != how.hosts.size()) {
    for (std::size_t i = 0; i < resolved.definition()->variables.size(); ++i) {
      if (std::ranges::count(how.hosts, '{' + resolved.definition()->variables[i].name + '}') != 0 &&
          host_in(value_at(resolved, i)).empty())
        return unfit(resolved, i, "no host", "HOST, HOST:PORT or a URL with one");
    }
  }
  out.how = &how;
  return out;
}

}  // namespace credcache::inline v1
