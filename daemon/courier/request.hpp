// What the daemon wants done: one request for a remote host, and the rules that the courier obeys meanwhile.
//
// Ownership: all of it clears itself; `to` has views into `target`.
#pragma once

#include <string>

#include "credcache/secret.hpp"
#include "outgoing/protocol/url.hpp"

namespace credcached::courier {

struct request {
  std::string method;
  credcache::secret_buffer target;  ///< the absolute URL; a query may hold a key
  outgoing::url to;
  credcache::secret_buffer fields;  ///< "Name: value\r\n", for the remote host
  credcache::secret_buffer body;

  // From the fields named Courier-*, which go no further.
  std::string ca;                  ///< a file or a folder with hashed names; empty: the system's folder
  credcache::secret_buffer proxy;  ///< http://[user:password@]host:port; empty: none
  std::string no_proxy;            ///< hosts that are asked directly
  std::string allow_private;       ///< hosts and ranges that may be private or loopback addresses
  bool allow_http = false;         ///< plain HTTP, to loopback addresses alone
};

}  // namespace credcached::courier
