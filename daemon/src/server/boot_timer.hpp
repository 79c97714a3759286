// A timer on CLOCK_BOOTTIME, like all deadlines here, so that it is on time after a suspend as well. It can be set from any
// thread and, once made, needs no memory.
//
// Thread safety: belongs to the thread of `context`, except set().
// Failure:       std::system_error if the kernel gives no timer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

#include "credcache/clock.hpp"
#include "platform/handler_memory.hpp"

namespace credcached::server {

class boot_timer {
 public:
  boot_timer(boost::asio::io_context& context, std::function<void()> due);

  /// Sets when it is due, in place of what was set before. From any thread, until close().
  void set(credcache::time_point when) noexcept;
  /// Has `due` called on the thread of `context`, once, when it is due; for another time it is called again.
  void wait();
  void close();

 private:
  boost::asio::posix::stream_descriptor timer_;
  std::function<void()> due_;
  platform::handler_memory memory_;
};

}  // namespace credcached::server
