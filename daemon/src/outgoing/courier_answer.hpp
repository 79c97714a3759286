// What came of a request that a courier carried. A courier has listened to a remote host, so nothing that it says is taken
// for granted: what is not exactly an answer as docs/courier.md describes it is outcome::unknown.
//
// Thread safety: pure functions.
// Ownership:     body and token clear themselves; what the other members hold is never a secret.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "credcache/secret.hpp"
#include "outgoing/protocol/bounds.hpp"
#include "outgoing/protocol/outcome.hpp"

namespace credcached::outgoing {

struct courier_answer {
  outcome what = outcome::unknown;
  std::string detail;  ///< a sentence for people if `what` is not answered: found, expected, what to do

  // If the remote host answered:
  unsigned status = 0;  ///< 200 to 599; redirections are not followed
  std::string content_type, date, retry_after, www_authenticate;
  credcache::secret_buffer subject_token;  ///< X-Subject-Token
  credcache::secret_buffer body;
  std::chrono::milliseconds connect{}, latency{};

  [[nodiscard]] bool answered() const noexcept { return what == outcome::answered; }
};

/// As many bytes as a courier may say; one more makes it unknown.
inline constexpr std::size_t longest_courier_answer = longest_answer_body + 2 * longest_answer_header;

/// What all that a courier said until its end means.
[[nodiscard]] courier_answer understand(std::string_view said);

/// An exchange that did not take place.
[[nodiscard]] courier_answer no_exchange(outcome what, std::string detail);

}  // namespace credcached::outgoing
