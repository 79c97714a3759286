#include "application/expiry_task.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace credcached::application {
namespace {

/// About 20 µs of work: what a request may have to wait for a turn of this task.
constexpr std::size_t most_per_turn = 64;

int make_timer() {
  const int fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot make a timer");
  return fd;
}

}  // namespace

expiry_task::expiry_task(boost::asio::io_context& context, std::shared_ptr<credcache::credential_cache> cache)
    : context_(context), cache_(std::move(cache)), timer_(context, make_timer()) {
  wait();
}

void expiry_task::deadline_moved(credcache::time_point deadline) {
  boost::asio::post(context_, [this, deadline] {
    if (deadline < armed_for_) arm(deadline);
  });
}

void expiry_task::stop() {
  stopped_ = true;
  boost::system::error_code ec;
  timer_.close(ec);
}

void expiry_task::arm(credcache::time_point deadline) {
  if (stopped_) return;
  armed_for_ = deadline;
  itimerspec when{};  // all zero: not set
  if (deadline != credcache::time_point::max()) {
    const auto nanoseconds = deadline.time_since_epoch().count();
    when.it_value.tv_sec = nanoseconds / 1'000'000'000;
    when.it_value.tv_nsec = nanoseconds % 1'000'000'000;
  }
  ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void expiry_task::wait() {
  timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code ec) {
    if (ec || stopped_) return;
    std::uint64_t expirations = 0;
    (void)!::read(timer_.native_handle(), &expirations, sizeof expirations);
    sweep();
    wait();
  });
}

void expiry_task::sweep() {
  if (stopped_) return;
  if (cache_->sweep(credcache::boot_clock::now(), most_per_turn) == most_per_turn) {
    boost::asio::post(context_, [this] { sweep(); });
    return;
  }
  arm(cache_->next_deadline());
}

}  // namespace credcached::application
