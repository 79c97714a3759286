#include "server/admission.hpp"

#include <sys/socket.h>

#include <new>
#include <string>
#include <utility>

#include "base/unique_fd.hpp"
#include "platform/log.hpp"
#include "platform/peer_identity.hpp"

namespace credcached::server {

namespace {

void count_out(connection_quota& quota, api::daemon_state& state, const platform::peer& peer) {
  quota.release(peer);
  --state.connections;
}

}  // namespace

bool admission::admit(int socket, int family, std::size_t listener) {
  platform::peer peer;
  if (family == AF_UNIX) {
    peer = platform::peer_of_unix_socket(socket);
    peer.unmapped = is_unmapped(peer.uid);
  } else {
    peer.transport = platform::peer::kind::tcp;
  }
  peer.listener = listener;
  if (!quota_->admit(peer)) {
    ++state_->connections_refused;
    return false;
  }
  ++state_->connections;
  try {
    if (family == AF_UNIX && !peer.unmapped) peer.account = accounts_.cached(peer.uid, credcache::boot_clock::now());
    if (peer.account || peer.unmapped || family != AF_UNIX) {
      hand_over(socket, family, peer);
      return true;
    }
    // The question owns the socket: without memory for the answer it is closed, and the client connects again.
    // A loop that ends may let go of it when this object has gone already.
    auto waiting = std::shared_ptr<credcache::unique_fd>(new credcache::unique_fd,
                                                         [quota = quota_, state = state_, peer](auto* descriptor) {
                                                           if (*descriptor) count_out(*quota, *state, peer);
                                                           delete descriptor;
                                                         });
    accounts_.ask(peer.uid, credcache::boot_clock::now(), workers_.front()->context(),
                  [this, waiting, family, peer](const platform::account_directory::outcome& outcome) mutable {
                    if (outcome) peer.account = *outcome;
                    try {
                      hand_over(waiting->get(), family, peer);
                      static_cast<void>(waiting->release());
                    } catch (const std::exception& e) {
                      log::error("A connection could not be handed over", e);
                    }
                  });
    *waiting = credcache::unique_fd(socket);
  } catch (...) {
    release(peer);
    throw;
  }
  return true;
}

bool admission::is_unmapped(uid_t uid) {
  if (uid != overflow_uid_) return false;
  if (!std::exchange(unmapped_logged_, true)) {
    log::warning("Users whom the user namespace of this daemon does not map are refused: the kernel names uid " +
                 std::to_string(uid) + " for all of them; map those who shall be served.");
  }
  return true;
}

void admission::hand_over(int socket, int family, const platform::peer& peer) {
  worker& next = *workers_[next_worker_++ % workers_.size()];
  if (&next == workers_.front().get()) return next.take(socket, family, peer);
  next.post([&next, socket, family, peer] { next.take(socket, family, peer); });
}

void admission::release(const platform::peer& peer) {
  count_out(*quota_, *state_, peer);
}

}  // namespace credcached::server
