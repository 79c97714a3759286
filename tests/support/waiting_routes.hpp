// Handlers that wait, which exist for the tests alone: the real routes and, besides them,
//
//   GET  /test/wait?csp=CSP[&milliseconds=N]   resolves, waits, hands the values out
//   POST /test/wait                            the same, after a body
//   GET  /test/wait/briefly                    the same; its time limit is over at once
//   GET  /test/wait/throw                      the same, then throws
//
// What waits is in waiting_requests(), so that a test sees it and lets it go; without a test it waits for N milliseconds.
//
// Thread safety: none; only the unit tests, which have one thread, look into waiting_requests().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <list>
#include <stdexcept>
#include <vector>

#include "api/request_context.hpp"
#include "api/routes.hpp"
#include "formats/output_format.hpp"

namespace credcached::testing {

/// A request whose handler waits.
struct waiting_request {
  api::request_context& context;
  boost::asio::steady_timer timer;

  /// The handler goes on when the loop works.
  void let_go() { timer.cancel(); }
};

inline std::list<waiting_request>& waiting_requests() {
  static thread_local std::list<waiting_request> all;  // a worker has a thread of its own
  return all;
}

namespace waiting {

/// In waiting_requests() for as long as it lives.
class entry {
 public:
  explicit entry(api::request_context& context)
      : here_(waiting_requests().insert(
            waiting_requests().end(),
            waiting_request{
                context, boost::asio::steady_timer(context.context(), boost::asio::steady_timer::time_point::max())})) {
  }
  ~entry() { waiting_requests().erase(here_); }
  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;
  waiting_request* operator->() { return &*here_; }

 private:
  std::list<waiting_request>::iterator here_;
};

inline boost::asio::awaitable<void> wait(api::request_context& context) {
  credcache::resolve_request request;
  request.csp = context.find_csp(context.request.parameter("csp").value_or(""));
  if (request.csp == nullptr) co_return;
  context.note(request.csp->name, {}, {}, {});
  if (auto outcome = context.service().resolve(context.owner(), request, context.now(), context.resolution());
      !outcome) {
    context.fail(api::error_from(outcome.error()));
    co_return;
  }
  {
    entry own(context);
    if (const auto text = context.request.parameter("milliseconds")) {
      int milliseconds = 0;
      std::from_chars(text->data(), text->data() + text->size(), milliseconds);
      own->timer.expires_after(std::chrono::milliseconds(milliseconds));
    }
    boost::system::error_code let_go;
    co_await own->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, let_go));
  }
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) co_return;
  const formats::output_format& json = *formats::find_output_format("json");
  static_cast<void>(context.writer().write(context.ok(json.content_type), json, context.resolution(), context.owner(),
                                           context.now()));
}

inline boost::asio::awaitable<void> wait_and_throw(api::request_context& context) {
  co_await wait(context);
  throw std::runtime_error("expected by a test");
}

}  // namespace waiting

/// The real routes and those that wait.
inline const std::vector<api::route>& waiting_routes() {
  static constexpr api::route_group group{.name = "test"};
  static const std::vector<api::route> table = [] {
    using http::verb;
    constexpr auto owner = api::owner_source::any;
    constexpr auto access = config::action::resolve;
    std::vector<api::route> all(api::routes().begin(), api::routes().end());
    all.push_back({&group, verb::get, "/test/wait", "wait", waiting::wait, owner, access});
    all.push_back({&group, verb::post, "/test/wait", "waitWithBody", waiting::wait, owner, access, {}, true});
    all.push_back({&group,
                   verb::get,
                   "/test/wait/briefly",
                   "waitBriefly",
                   waiting::wait,
                   owner,
                   access,
                   {},
                   false,
                   std::chrono::seconds(0)});
    all.push_back({&group, verb::get, "/test/wait/throw", "waitAndThrow", waiting::wait_and_throw, owner, access});
    return all;
  }();
  return table;
}

}  // namespace credcached::testing
