// One exchange with the remote host, and what is said about it to the daemon.
//
// Thread safety: one thread.
// Failure:       courier::failure.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "credcache/secret.hpp"
#include "failure.hpp"
#include "outgoing/protocol/answer_reader.hpp"
#include "request.hpp"

namespace credcached::courier {

struct exchanged {
  outgoing::read_answer answer;
  std::chrono::milliseconds connect{}, whole{};  ///< until there was a connection; until the answer was read
};

/// Connects, sends, reads one answer, whatever its status, and follows no redirection.
[[nodiscard]] boost::asio::awaitable<void> exchange(const request& asked, exchanged& into);

/// The answer for the daemon.
[[nodiscard]] credcache::secret_buffer answer_text(const exchanged& done);
[[nodiscard]] credcache::secret_buffer answer_text(const failure& why);

}  // namespace credcached::courier
