// A connection to a courier: over its Unix socket (systemd starts one for each connection), or to a child process.
//
// Thread safety: belongs to the thread of its executor.
// Ownership:     a channel owns its socket, and its child, which it kills and reaps without waiting for it.
// Failure:       std::runtime_error: found, expected, what to do.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <string>

namespace credcached::outgoing {

class courier_process;

class courier_channel {
 public:
  using socket_type = boost::asio::local::stream_protocol::socket;

  /// `courier` is unix:PATH, a program's path, or empty: the program credcached-courier beside this one.
  courier_channel(const boost::asio::any_io_executor& executor, const std::string& courier);
  ~courier_channel();
  courier_channel(const courier_channel&) = delete;
  courier_channel& operator=(const courier_channel&) = delete;

  [[nodiscard]] socket_type& socket() noexcept { return socket_; }

 private:
  socket_type socket_;
  std::shared_ptr<courier_process> process_;
};

}  // namespace credcached::outgoing
