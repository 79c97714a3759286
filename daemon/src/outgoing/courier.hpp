// Has requests carried to remote hosts: the daemon has the keys and no network, the courier the network and no keys.
//
//   courier_request request("GET", "https://api.example.org/v2/account");
//   request.field("Authorization", …);
//   const courier_answer answer = co_await courier.send(settings.outgoing, request);
//
// Thread safety: send() may be called on every worker's thread; the exchange runs on the loop of whoever awaits it.
// Ownership:     settings and request have to live until send() has ended.
// Failure:       everything is an outcome of the answer; std::bad_alloc is thrown. A cancelled exchange ends at once, and so
//                does its courier.
// Bounds:        most_at_once exchanges; each has an end after whole_exchange.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>

#include "config/outgoing.hpp"
#include "outgoing/courier_answer.hpp"
#include "outgoing/courier_request.hpp"

namespace credcached::outgoing {

class courier {
 public:
  /// Each exchange may be a process, and holds up to some 150 KiB.
  static constexpr std::size_t most_at_once = 16;

  explicit courier(std::size_t most = most_at_once, std::chrono::milliseconds longest = whole_exchange) noexcept
      : most_(most), longest_(longest) {}

  [[nodiscard]] boost::asio::awaitable<courier_answer> send(const config::outgoing& settings,
                                                            const courier_request& request);

  [[nodiscard]] std::size_t under_way() const noexcept { return under_way_.load(); }

 private:
  const std::size_t most_;
  const std::chrono::milliseconds longest_;
  std::atomic<std::size_t> under_way_{0};
};

}  // namespace credcached::outgoing
