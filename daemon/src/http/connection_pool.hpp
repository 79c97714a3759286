// The connections of one worker: whose turn it is, and the one timer that ends those which make no progress.
//
// Turns: a connection that nobody waits for has its turn at once, until such turns have taken a millisecond: then others
// may be waiting. While they do, a connection is queued: in one of two queues, for those whose last turn was short and
// for all others, new ones among them. The two share the time equally, and each goes by order of arrival. So a client
// that asks for little waits for one long turn, however many others ask for much or connect again and again. The queues
// are worked off a millisecond at a time; in between the loop accepts, expires, and handles signals and sockets.
//
// Strangers: connections over TCP whose requests have had no valid token yet. They are few: for one more, the oldest of
// them is closed, so that whoever has a token is served soon, however many have none.
//
// Deadlines: every connection says by when it must move on; the timer sleeps until the earliest of these. They mostly
// move away (each answer does that), so it is not set anew for that: it looks when it fires.
//
// Thread safety: belongs to the thread that runs `context`; the memory budget is shared.
// Ownership:     owns its connections.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "http/connection.hpp"
#include "http/memory_budget.hpp"
#include "platform/handler_memory.hpp"

namespace credcached::http {

class connection_pool {
 public:
  /// How long a turn goes on before the others have theirs: about what a few small requests take.
  static constexpr std::chrono::milliseconds turn_time{1};
  /// A turn that took less is short.
  static constexpr std::chrono::microseconds short_turn{250};
  /// Strangers of a pool that is the only one.
  static constexpr std::size_t usual_strangers = 256;

  /// `closed` is told of every connection that has ended.
  connection_pool(boost::asio::io_context& context, request_handler& handler, std::shared_ptr<memory_budget> memory,
                  std::function<void(const platform::peer&)> closed, std::size_t most_strangers = usual_strangers);
  ~connection_pool();

  /// Takes over a connected socket. If that throws, the socket is closed and `closed` not told.
  void add(connection::socket_type socket, const platform::peer& peer);
  /// Ends idle connections, lets the others finish their request; `done` is called once none is left.
  void drain(std::function<void()> done);
  /// Ends all connections at once.
  void close_all();

  [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }

  // For connections.
  [[nodiscard]] request_handler& handler() noexcept { return handler_; }
  [[nodiscard]] const config::limits& limits() const noexcept { return handler_.limits(); }
  [[nodiscard]] memory_budget& memory() noexcept { return *memory_; }
  [[nodiscard]] credcache::instant now() noexcept { return credcache::now(); }
  [[nodiscard]] const response_heads& heads(credcache::wall_time now);
  void watch(credcache::time_point deadline) noexcept;
  void add_stranger(connection& c);
  void forget_stranger(connection& c) noexcept;
  void erase(connection& c);
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

  /// Whether a connection must be queued.
  [[nodiscard]] bool runs_turns() const noexcept { return running_turns_; }
  /// `c` has something to do when the others have had their turn. Needs no memory.
  void queue(connection& c);
  void forget_turn(connection& c) noexcept;
  /// A connection has had its turn at once.
  void had_direct_turn(std::chrono::nanoseconds length);

 private:
  struct turn_queue {
    boost::intrusive::list<connection, boost::intrusive::base_hook<turn_hook>,
                           boost::intrusive::constant_time_size<false>>
        waiting;
    std::chrono::nanoseconds served{0};  // the time that its turns have taken
  };
  [[nodiscard]] turn_queue* next_queue() noexcept;
  void begin_turns();
  void run_turns();
  void reap();

  boost::asio::io_context& context_;
  request_handler& handler_;
  std::shared_ptr<memory_budget> memory_;
  std::function<void(const platform::peer&)> closed_;
  std::size_t most_strangers_;
  std::function<void()> drained_;
  bool draining_ = false;
  boost::intrusive::list<connection> connections_;
  turn_queue short_turns_, long_turns_;
  boost::intrusive::list<connection, boost::intrusive::base_hook<stranger_hook>> strangers_;  // the oldest first
  platform::handler_memory turns_memory_;
  bool running_turns_ = false;                // a handler that works the queue off is posted
  std::chrono::nanoseconds direct_turns_{0};  // what they have taken since turns were last run
  boost::asio::steady_timer timer_;
  credcache::time_point armed_for_ = credcache::time_point::max();
  response_heads heads_;
  std::chrono::sys_seconds heads_of_{};
};

}  // namespace credcached::http
