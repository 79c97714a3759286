#include "server/kept_lines.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>

#include "platform/line_sink.hpp"

namespace credcached::server {
namespace {

constexpr std::chrono::milliseconds interval{100};
constexpr std::chrono::seconds last_wait{1};

}  // namespace

kept_lines::kept_lines(boost::asio::io_context& loop, audit::audit_log& audit) : audit_(audit), timer_(loop) {
  const auto wake =
      std::make_shared<const std::function<void()>>([this, &loop] { boost::asio::post(loop, [this] { send(); }); });
  platform::standard_error().set_waker(wake);
  audit_.set_waker(wake);
}

kept_lines::~kept_lines() {
  platform::standard_error().set_waker(nullptr);
  audit_.set_waker(nullptr);
}

void kept_lines::send() {
  const bool log_is_empty = platform::standard_error().flush();
  const bool audit_is_empty = audit_.flush();
  if (stopped_ || (log_is_empty && audit_is_empty)) return;
  timer_.expires_after(interval);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) send();
  });
}

void kept_lines::stop() {
  stopped_ = true;
  timer_.cancel();
}

void kept_lines::send_last() {
  const credcache::time_point end = credcache::boot_clock::now() + last_wait;
  audit_.flush_until(end);
  platform::standard_error().flush_until(end);
}

}  // namespace credcached::server
