#include "server/boot_timer.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace credcached::server {
namespace {

int make_timer() {
  const int fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot make a timer");
  return fd;
}

}  // namespace

boot_timer::boot_timer(boost::asio::io_context& context, std::function<void()> due)
    : timer_(context, make_timer()), due_(std::move(due)) {}

void boot_timer::set(credcache::time_point when) noexcept {
  const auto nanoseconds = when.time_since_epoch().count();
  itimerspec setting{};
  setting.it_value.tv_sec = nanoseconds / 1'000'000'000;
  setting.it_value.tv_nsec = nanoseconds % 1'000'000'000;
  ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

void boot_timer::wait() {
  timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    memory_.keep([this](boost::system::error_code ec) {
                      if (ec) return;
                      std::uint64_t expirations = 0;
                      (void)!::read(timer_.native_handle(), &expirations, sizeof expirations);
                      due_();
                    }));
}

void boot_timer::close() {
  boost::system::error_code ec;
  timer_.close(ec);
}

}  // namespace credcached::server
