#include "server/cache_observer.hpp"

#include <exception>

#include "platform/log.hpp"

namespace credcached::server {

void cache_observer::audit(std::string_view event, credcache::owner_view owner,
                           credcache::credential_key_view key) noexcept {
  if (!state_.audit.on()) return;
  try {
    audit::audit_event e;
    e.event = event;
    e.owner = owner;
    e.csp = key.csp;
    e.site = key.site;
    e.type = to_string(key.type);
    e.name = key.name;
    e.profile = key.profile;
    state_.audit.write(e, credcache::now().wall);
  } catch (const std::exception& e) {
    log::error("An audit line was lost", e);
  }
}

}  // namespace credcached::server
