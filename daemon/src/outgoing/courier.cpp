#include "outgoing/courier.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "outgoing/courier_channel.hpp"

namespace credcached::outgoing {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Lives as long as its timer's handler, which may run after the coroutine has ended.
struct carrying {
  carrying(const asio::any_io_executor& executor, const std::string& courier)
      : channel(std::in_place, executor, courier), timer(executor) {}
  std::optional<courier_channel> channel;
  asio::steady_timer timer;
  bool late = false;
};

class place_in_count {
 public:
  explicit place_in_count(std::atomic<std::size_t>& count) : count_(count), before_(count.fetch_add(1)) {}
  ~place_in_count() { count_.fetch_sub(1); }
  place_in_count(const place_in_count&) = delete;
  place_in_count& operator=(const place_in_count&) = delete;
  [[nodiscard]] std::size_t before() const noexcept { return before_; }

 private:
  std::atomic<std::size_t>& count_;
  std::size_t before_;
};

// The timer's handler may be the last to know of it, so that the channel is closed here.
class closing {
 public:
  explicit closing(std::shared_ptr<carrying> what) noexcept : what_(std::move(what)) {}
  ~closing() {
    what_->channel.reset();
    what_->timer.cancel();
  }
  closing(const closing&) = delete;
  closing& operator=(const closing&) = delete;

 private:
  std::shared_ptr<carrying> what_;
};

void limit(const std::shared_ptr<carrying>& what, std::chrono::milliseconds longest) {
  what->timer.expires_after(longest);
  what->timer.async_wait([what](const error_code& error) {
    if (error || !what->channel) return;
    what->late = true;
    error_code ignored;
    what->channel->socket().close(ignored);
  });
}

// Until the courier's end, or one byte more than it may say.
asio::awaitable<void> read_to_the_end(courier_channel::socket_type& socket, credcache::secret_buffer& said) {
  constexpr std::size_t room = longest_courier_answer + 1;
  said.resize(room);
  std::size_t had = 0;
  error_code error;
  while (!error && had < room)
    had += co_await socket.async_read_some(asio::buffer(said.data() + had, room - had),
                                           asio::redirect_error(asio::use_awaitable, error));
  said.resize(had);
}

}  // namespace

asio::awaitable<courier_answer> courier::send(const config::outgoing& settings, const courier_request& request) {
  if (!settings.enabled)
    co_return no_exchange(
        outcome::disabled,
        "found that nothing may leave this machine, expected outgoing.enabled: true in the configuration");
  const place_in_count place(under_way_);
  if (place.before() >= most_)
    co_return no_exchange(outcome::busy,
                          "found " + std::to_string(most_) +
                              " requests to remote hosts under way, expected fewer: try again in a moment");
  std::shared_ptr<carrying> carried;
  try {
    carried = std::make_shared<carrying>(co_await asio::this_coro::executor, settings.courier);
  } catch (const std::runtime_error& e) {
    co_return no_exchange(outcome::unavailable, e.what());
  }
  const closing at_the_end(carried);
  limit(carried, longest_);
  auto& socket = carried->channel->socket();
  {
    auto text = request.text(settings);
    error_code ignored;  // a courier that reads no further may have said why
    co_await asio::async_write(socket, asio::buffer(text.data(), text.size()),
                               asio::redirect_error(asio::use_awaitable, ignored));
  }
  credcache::secret_buffer said;
  co_await read_to_the_end(socket, said);
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    co_return no_exchange(outcome::cancelled, "Whoever asked does not wait any more.");
  if (carried->late)
    co_return no_exchange(outcome::timeout, "found no answer of the courier in time, expected one within " +
                                                std::to_string(longest_.count()) + " ms: try again later");
  co_return understand(said.reveal());
}

}  // namespace credcached::outgoing
