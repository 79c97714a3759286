// Who is at the other end of a connection, as far as the kernel says it: known before the first byte is read.
//
// A plain value. On a Unix socket uid, gid and pid are those of the process when it called connect(); they are filled
// by platform::peer_of_unix_socket. On TCP the kernel vouches for nobody: uid and gid stay at their impossible
// defaults, pid at 0, and only a token tells callers apart.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace credcached::platform {

/// What the account database says of a uid.
struct account {
  std::string login;
};

struct peer {
  enum class kind : std::uint8_t { local, tcp };
  kind transport = kind::local;
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  pid_t pid = 0;             ///< 0 as well if the peer lives in a PID namespace that this process cannot see
  std::size_t listener = 0;  ///< index among the settings' listeners of the one that accepted the connection
  std::vector<gid_t> groups;               ///< of the process, where rules ask for groups
  std::shared_ptr<const platform::account> account;  ///< none on TCP, or if the database could not be asked
};

}  // namespace credcached::platform
