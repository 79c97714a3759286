// Who is at the other end of a connection, as the kernel says it, taken before the first byte is read.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace credcached::http {

struct peer {
  enum class kind : std::uint8_t { local, tcp };
  kind transport = kind::local;
  uid_t uid = static_cast<uid_t>(-1);  ///< local only, as are gid and pid
  gid_t gid = static_cast<gid_t>(-1);
  pid_t pid = 0;
  std::size_t listener = 0;  ///< index among the settings' listeners
};

}  // namespace credcached::http
