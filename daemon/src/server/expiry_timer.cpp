#include "server/expiry_timer.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace credcached::server {
namespace {

/// About 20 µs of work: what a request may have to wait for a turn of this task.
constexpr std::size_t most_expired_per_turn = 64;

int make_timer() {
  const int fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot make a timer");
  return fd;
}

}  // namespace

expiry_timer::expiry_timer(boost::asio::io_context& context, std::shared_ptr<credcache::credential_cache> cache)
    : context_(context), cache_(std::move(cache)), timer_(context, make_timer()) {
  wait();
}

void expiry_timer::deadline_moved(credcache::time_point deadline) noexcept {
  const std::lock_guard hold(mutex_);
  if (stopped_ || deadline >= armed_for_) return;
  armed_for_ = deadline;
  const auto nanoseconds = deadline.time_since_epoch().count();
  itimerspec when{};
  when.it_value.tv_sec = nanoseconds / 1'000'000'000;
  when.it_value.tv_nsec = nanoseconds % 1'000'000'000;
  ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void expiry_timer::stop() {
  const std::lock_guard hold(mutex_);
  stopped_ = true;
  boost::system::error_code ec;
  timer_.close(ec);
}

void expiry_timer::wait() {
  timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    memory_.keep([this](boost::system::error_code ec) {
                      if (ec || stopped_) return;
                      std::uint64_t expirations = 0;
                      (void)!::read(timer_.native_handle(), &expirations, sizeof expirations);
                      sweep();
                    }));
}

// As long as a turn has all it may take, the next one follows behind the requests that are there: a million deadlines
// in one second leave no time to set a timer and look through the cache for each turn.
void expiry_timer::sweep() {
  if (stopped_) return;
  if (cache_->sweep(credcache::boot_clock::now(), most_expired_per_turn) == most_expired_per_turn) {
    return boost::asio::post(context_, memory_.keep([this] { sweep(); }));
  }
  {
    const std::lock_guard hold(mutex_);
    armed_for_ = credcache::time_point::max();
  }
  deadline_moved(cache_->next_deadline());
  wait();
}

}  // namespace credcached::server
