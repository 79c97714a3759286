// Signals as input of the loop: blocked for every thread and read from a descriptor, so that no handler ever interrupts
// a thread and leaves its registers, and what they hold, in a signal frame on the stack.
//
// Thread safety: made on the main thread before the others are started; `receive` runs on the thread of `context`.
// Failure:       std::system_error if the kernel gives no descriptor. Once made, it needs no memory.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

#include "platform/handler_memory.hpp"

namespace credcached::server {

/// Blocks SIGTERM, SIGINT and SIGHUP for this thread and those started after it. One that comes is kept until somebody
/// reads it.
void block_signals();

class signals {
 public:
  signals(boost::asio::io_context& context, std::function<void(int signal)> receive);
  void stop();

 private:
  void wait();

  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void(int)> receive_;
  platform::handler_memory memory_;
};

}  // namespace credcached::server
