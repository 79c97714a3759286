// What answers the requests of a route.
//
// Thread safety: a plain value.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace credcached::api {

class request_context;

/// A handler is of one of two kinds: it answers at once, in the turn in which it is called, or it waits for something
/// and answers later. A waiting handler ends when its operation is cancelled; its values live in clearing types outside
/// of the coroutine's frame.
struct handler {
  using immediate_function = void (*)(request_context&);
  using waiting_function = boost::asio::awaitable<void> (*)(request_context&);

  immediate_function immediate = nullptr;
  waiting_function waiting = nullptr;

  explicit(false) constexpr handler(immediate_function f) noexcept : immediate(f) {}
  explicit(false) constexpr handler(waiting_function f) noexcept : waiting(f) {}
};

}  // namespace credcached::api
