// Accepts the connections of one listening socket and hands them out.
//
// One acceptor per listening socket for all workers: a socket shared by several loops would spread its connections
// unevenly. Out of descriptors or memory, or whatever else accept4 says, it is logged, waits and goes on; over a
// limit the client is told so (503) and the connection closed.
//
// Thread safety: belongs to the thread of `context`. Ownership: closes the listening socket.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "platform/handler_memory.hpp"

namespace credcached::server {

class acceptor {
 public:
  /// Decides about a new connection; true means the socket has been taken over. It may throw: then it has not.
  using admit_function = std::function<bool(int socket, int family, std::size_t listener)>;

  acceptor(boost::asio::io_context& context, int listening_socket, int family, std::size_t listener,
           admit_function admit);
  void start() { wait(); }
  void stop();

 private:
  void wait();
  void pause();
  void accept_some();
  [[nodiscard]] bool accept_one();

  platform::handler_memory memory_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer pause_;
  bool short_of_ = false;  // connections have to wait, and the log has said so
  int family_;
  std::size_t listener_;
  admit_function admit_;
};

}  // namespace credcached::server
