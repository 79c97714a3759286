#include "audit/refusal_bursts.hpp"

#include <algorithm>
#include <new>

namespace credcached::audit {

void refusal_bursts::kept_event::keep(const audit_event& e) {
  token = e.token;
  owner = e.owner ? e.owner->name : std::string_view{};
  csp = e.csp;
  site = e.site;
  type = e.type;
  name = e.name;
  profile = e.profile;
  event = e;
  peer.transport = e.peer->transport;
  peer.uid = e.peer->uid;
  peer.gid = e.peer->gid;
  peer.pid = e.peer->pid;
}

const audit_event& refusal_bursts::kept_event::view() {
  event.peer = &peer;
  event.token = token;
  if (event.owner) event.owner->name = owner;
  event.csp = csp;
  event.site = site;
  event.type = type;
  event.name = name;
  event.profile = profile;
  return event;
}

// A zero byte is in none of the texts.
refusal_bursts::kind refusal_bursts::kind_of(const audit_event& refusal) const {
  kind all{refusal.peer->uid, std::string(refusal.token), refusal.status, {}};
  kind one = all;
  std::string& asked = std::get<3>(one);
  asked.append(refusal.event).push_back('\0');
  asked.append(refusal.action).push_back('\0');
  if (refusal.owner) asked.append(refusal.owner->name);
  asked.push_back('\0');
  asked.append(refusal.csp).push_back('\0');
  asked.append(refusal.profile);
  return bursts_.size() < most_kinds || bursts_.contains(one) ? one : all;
}

bool refusal_bursts::has_its_own_line(const audit_event& refusal, credcache::time_point now) noexcept {
  try {
    const std::lock_guard hold(mutex_);
    const bool first_of_all = bursts_.empty();
    const auto [place, fresh] = bursts_.try_emplace(kind_of(refusal), burst{now + interval, 0, {}});
    if (fresh) {
      if (first_of_all && on_first) on_first(place->second.due);
      return true;
    }
    place->second.last.keep(refusal);
    ++place->second.count;
    return false;
  } catch (const std::bad_alloc&) {
    return true;
  }
}

credcache::time_point refusal_bursts::flush(credcache::time_point now, audit_log& into) {
  const std::lock_guard hold(mutex_);
  credcache::time_point next = credcache::time_point::max();
  for (auto place = bursts_.begin(); place != bursts_.end();) {
    burst& b = place->second;
    if (b.due <= now && b.count == 0) {
      place = bursts_.erase(place);
      continue;
    }
    if (b.due <= now) {
      b.last.event.count = b.count;
      (void)into.write(b.last.view(), credcache::now().wall);
      b.count = 0;
      b.due = now + interval;
    }
    next = std::min(next, b.due);
    ++place;
  }
  return next;
}

}  // namespace credcached::audit
