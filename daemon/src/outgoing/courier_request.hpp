// One request that a courier shall carry to a remote host. Its text clears itself.
//
// Thread safety: none.
// Failure:       std::invalid_argument for what cannot be a request; no message repeats a value.
// Source:        RFC 9112, 3.2.2 (absolute-form); docs/courier.md (the fields named Courier-*).
#pragma once

#include <string_view>

#include "config/outgoing.hpp"
#include "credcache/secret.hpp"
#include "outgoing/protocol/url.hpp"

namespace credcached::outgoing {

class courier_request {
 public:
  /// GET, POST, PUT or DELETE of an absolute URL, which may have a key in its query.
  courier_request(std::string_view method, std::string_view url);

  /// A field for the remote host. Host, User-Agent, Accept-Encoding, Connection and Content-Length are written elsewhere.
  courier_request& field(std::string_view name, std::string_view value);
  courier_request& body(std::string_view content_type, std::string_view bytes);

  [[nodiscard]] const url& to() const noexcept { return to_; }

  /// What goes to the courier: the request with the rules for it.
  [[nodiscard]] credcache::secret_buffer text(const config::outgoing& rules) const;

 private:
  credcache::secret_buffer url_;
  url to_;  // views into url_, whose bytes stay where they are when it moves
  credcache::secret_buffer line_, fields_, body_;
};

/// Whether a user may name this host as an endpoint of his own: outgoing.allow.
[[nodiscard]] bool may_be_named(const config::outgoing& rules, const url& endpoint);

}  // namespace credcached::outgoing
