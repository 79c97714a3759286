// What may leave this machine: whether, through which courier and proxy, to whom.
#pragma once

#include <string>
#include <vector>

namespace credcached::config {

struct outgoing {
  bool enabled = false;
  std::string courier{};                     ///< unix:PATH of a socket, or a program's path; empty: beside this program
  std::string ca{};                          ///< file or folder of authorities; empty: the system's
  std::string proxy{};                       ///< http://HOST:PORT; empty: none
  std::vector<std::string> no_proxy{};       ///< hosts that are asked without it
  std::vector<std::string> allow{};          ///< hosts that users may name as endpoints of their own
  std::vector<std::string> allow_private{};  ///< hosts and ranges that may be private or loopback addresses
  bool allow_http = false;                   ///< plain HTTP, to loopback addresses alone
  bool operator==(const outgoing&) const = default;
};

}  // namespace credcached::config
