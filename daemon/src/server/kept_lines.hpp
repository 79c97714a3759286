// Sends on the lines of log and audit that nobody took when they were written (platform/line_sink.hpp): every tenth of a
// second while there are any, without waiting.
//
// Thread safety: belongs to the thread of `loop`; the sinks wake it from every thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "audit/audit_log.hpp"

namespace credcached::server {

class kept_lines {
 public:
  /// `audit` must outlive it.
  kept_lines(boost::asio::io_context& loop, audit::audit_log& audit);
  ~kept_lines();
  kept_lines(const kept_lines&) = delete;
  kept_lines& operator=(const kept_lines&) = delete;

  /// No more of it: the loop can end.
  void stop();
  /// For the end of the process: waits a second at most for readers who are slow.
  void send_last();

 private:
  void send();

  audit::audit_log& audit_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

}  // namespace credcached::server
