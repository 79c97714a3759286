// One worker: a single-threaded event loop with its own pipeline, service, cipher and connections. What workers share is
// api::daemon_state and the snapshot in force.
//
// Thread safety: `post` and `context` may be used from any thread; everything else belongs to the worker's thread.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <thread>

#include "api/pipeline.hpp"
#include "http/connection_pool.hpp"
#include "platform/handler_memory.hpp"

namespace credcached::server {

class worker {
 public:
  /// `closed` is told of every connection that has ended, on the worker's thread.
  worker(std::unique_ptr<api::pipeline> pipeline, std::shared_ptr<http::memory_budget> memory,
         std::function<void(const platform::peer&)> closed,
         std::size_t most_strangers = http::connection_pool::usual_strangers);

  /// Runs the loop on the calling thread until finish().
  void run();
  /// Runs the loop on a thread of its own.
  void start();
  void join();

  /// Takes over a connected, non-blocking socket; one that cannot be served (no memory) is closed and `closed` is told.
  void take(int socket, int family, const platform::peer& peer);
  /// What requests are answered with from now on. Cannot fail.
  void publish(api::worker_configuration_ptr configuration) noexcept;

  // The end. None of these needs memory.
  /// No new requests; `done` is called on this worker's thread when the last connection has ended.
  void drain(std::function<void()> done);
  /// Ends all connections at once.
  void close_all();
  /// Lets run() return when nothing is left to do.
  void finish();

  template <class Function>
  void post(Function f) {
    boost::asio::post(context_, std::move(f));
  }
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  [[nodiscard]] http::connection_pool& connections() noexcept { return pool_; }

 private:
  // Sockets and timers are touched by this worker's thread alone, so only post() needs a lock.
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<api::pipeline> pipeline_;
  std::function<void(const platform::peer&)> closed_;
  http::connection_pool pool_;
  platform::handler_memory draining_, closing_, finishing_;
  std::thread thread_;
};

}  // namespace credcached::server
