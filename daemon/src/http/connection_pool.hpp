// The connections of one worker, and the one timer that ends those which make no progress.
//
// Every connection says by when it must move on; the timer sleeps until the earliest of these and is not set when there
// are no connections. Deadlines mostly move away (each answer does that), so it is not set anew for that: it looks when
// it fires.
//
// Thread safety: belongs to the thread that runs `context`. Ownership: owns its connections.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <functional>

#include "config/settings.hpp"
#include "http/connection.hpp"
#include "http/request_handler.hpp"

namespace credcached::http {

class connection_pool {
 public:
  /// `closed` is told of every connection that has ended.
  connection_pool(boost::asio::io_context& context, request_handler& handler, config::limits limits,
                  std::function<void(const platform::peer&)> closed);
  ~connection_pool();

  /// Takes over a connected socket. If that throws, the socket is closed and `closed` not told.
  void add(connection::socket_type socket, const platform::peer& from);
  /// Ends idle connections, lets the others finish their request; `done` is called once none is left.
  void drain(std::function<void()> done);
  /// Ends all connections at once.
  void close_all();

  [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }

  // For connections.
  [[nodiscard]] request_handler& handler() noexcept { return handler_; }
  [[nodiscard]] const config::limits& limits() const noexcept { return limits_; }
  [[nodiscard]] credcache::instant now() noexcept;
  [[nodiscard]] const response_heads& heads(credcache::wall_time now);
  void watch(credcache::time_point deadline) noexcept;
  void erase(connection& c);
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

 private:
  void reap();

  boost::asio::io_context& context_;
  request_handler& handler_;
  const config::limits limits_;  // the connections have buffers of these sizes
  std::function<void(const platform::peer&)> closed_;
  std::function<void()> drained_;
  boost::intrusive::list<connection> connections_;
  boost::asio::steady_timer timer_;
  credcache::time_point armed_for_ = credcache::time_point::max();
  response_heads heads_;
  std::chrono::sys_seconds heads_of_{};
};

}  // namespace credcached::http
