// The process at the other end of a connection, as far as the kernel knows it: known before the first byte is read.
//
// A plain value. On a Unix socket uid, gid, pid and groups are those of the process when it called connect();
// platform::peer_of_unix_socket fills them. On TCP the kernel knows nothing of the process: uid and gid stay at their
// impossible defaults, pid at 0, and only a token tells callers apart.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace credcached::platform {

/// What the system's user database says of a uid.
struct user_account {
  std::string login;   ///< the login name; the uid as a decimal number if no account has it
  bool exists = true;  ///< false: the database was asked and has no account with this uid
};

struct peer {
  enum class kind : std::uint8_t { local, tcp };
  kind transport = kind::local;
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  pid_t pid = 0;             ///< 0 as well if the peer lives in a PID namespace that this process cannot see
  std::size_t listener = 0;  ///< index among the settings' listeners of the one that accepted the connection
  bool unmapped = false;     ///< the uid stands for every user whom this process's user namespace does not map
  bool known = false;        ///< TCP: a request of this connection has had a valid token
  int socket = -1;           ///< the connection's own; the kernel can be asked more about the peer while it is open
  std::optional<std::vector<gid_t>> groups;     ///< supplementary groups of the process, once they were asked for
  std::shared_ptr<const user_account> account;  ///< null until the user database has been asked (account_directory)
};

}  // namespace credcached::platform
