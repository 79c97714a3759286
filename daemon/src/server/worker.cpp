#include "server/worker.hpp"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <utility>

#include "base/unique_fd.hpp"
#include "platform/log.hpp"

namespace credcached::server {

worker::worker(std::unique_ptr<api::pipeline> pipeline, std::shared_ptr<http::memory_budget> memory,
               std::function<void(const platform::peer&)> closed, std::size_t most_strangers)
    : work_(context_.get_executor()),
      pipeline_(std::move(pipeline)),
      closed_(closed),
      pool_(context_, *pipeline_, std::move(memory), std::move(closed), most_strangers) {}

// An exception that reaches the loop costs the turn it came from and the connection whose turn it was, which has closed
// itself; the daemon and the other connections go on. Nothing in the handler may throw: that would end the daemon.
void worker::run() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {
      pipeline_->counters().failed_turns.add();
      log::error("A turn of the loop failed", e);
    }
  }
}

void worker::start() {
  thread_ = std::thread([this] { run(); });
}

void worker::join() {
  if (thread_.joinable()) thread_.join();
}

void worker::take(int socket, int family, const platform::peer& peer) {
  credcache::unique_fd ours(socket);
  try {
    http::connection::socket_type theirs(context_, boost::asio::generic::stream_protocol(family, 0), socket);
    static_cast<void>(ours.release());
    pool_.add(std::move(theirs), peer);
  } catch (const std::exception& e) {
    closed_(peer);
    log::error("A connection could not be taken over", e);
  }
}

// The next request takes it over. The turn only lets go of the old one sooner; without memory for it, nothing is lost.
void worker::publish(api::worker_configuration_ptr configuration) noexcept {
  pipeline_->publish(std::move(configuration));
  try {
    post([this] { pipeline_->use_published(); });
  } catch (const std::bad_alloc&) {
  }
}

void worker::drain(std::function<void()> done) {
  boost::asio::post(context_,
                    draining_.keep([this, done = std::move(done)]() mutable { pool_.drain(std::move(done)); }));
}

void worker::close_all() {
  boost::asio::post(context_, closing_.keep([this] { pool_.close_all(); }));
}

void worker::finish() {
  boost::asio::post(context_, finishing_.keep([this] { work_.reset(); }));
}

}  // namespace credcached::server
