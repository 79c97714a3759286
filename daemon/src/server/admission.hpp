// Decides about new connections: who is at the other end, whether there is room for one more, and which worker serves it.
//
// The kernel names the peer's uid; the login name comes from the user database, which is asked on a thread of its own. A
// connection whose uid is not known yet waits for the answer; nobody else does.
//
// Thread safety: admit() and the settings belong to the thread of the first worker; release() may be called from any.
// Ownership:     a connection that waits for an answer is kept here.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "api/daemon_state.hpp"
#include "base/user_namespace.hpp"
#include "platform/account_directory.hpp"
#include "server/connection_quota.hpp"
#include "server/worker.hpp"

namespace credcached::server {

class admission {
 public:
  /// `workers` must outlive it.
  admission(std::shared_ptr<api::daemon_state> state, const std::vector<std::unique_ptr<worker>>& workers)
      : state_(std::move(state)), workers_(workers) {}

  void set_limits(std::size_t all, std::size_t per_uid) { quota_->set_limits(all, per_uid); }
  /// Takes over a socket, or says that there are as many connections as there may be. May throw: then it has not.
  [[nodiscard]] bool admit(int socket, int family, std::size_t listener);
  /// A connection has ended.
  void release(const platform::peer& peer);

 private:
  [[nodiscard]] bool is_unmapped(uid_t uid);
  void hand_over(int socket, int family, const platform::peer& peer);

  std::shared_ptr<api::daemon_state> state_;
  const std::vector<std::unique_ptr<worker>>& workers_;
  std::shared_ptr<connection_quota> quota_ = std::make_shared<connection_quota>();
  platform::account_directory accounts_;
  std::optional<uid_t> overflow_uid_ = credcache::overflow_uid();
  bool unmapped_logged_ = false;
  std::size_t next_worker_ = 0;
};

}  // namespace credcached::server
