#include "server/worker.hpp"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <utility>

#include "base/unique_fd.hpp"
#include "platform/log.hpp"

namespace credcached::server {

worker::worker(std::unique_ptr<api::pipeline> answers, const config::limits& limits,
               std::function<void(const platform::peer&)> closed)
    : work_(context_.get_executor()),
      api_(std::move(answers)),
      closed_(closed),
      pool_(context_, *api_, limits, std::move(closed)) {}

// An exception that reaches the loop costs the turn it came from (and the connection whose turn it was, which has
// closed itself), not the daemon and not the other connections. Nothing in the handler may throw: that would end the
// daemon.
void worker::run() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {
      api_->counters().failed_turns.add();
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

void worker::take(int socket, int family, const platform::peer& from) {
  credcache::unique_fd ours(socket);
  try {
    http::connection::socket_type theirs(context_, boost::asio::generic::stream_protocol(family, 0), socket);
    static_cast<void>(ours.release());
    pool_.add(std::move(theirs), from);
  } catch (const std::exception& e) {
    closed_(from);
    log::error("A connection could not be taken over", e);
  }
}

void worker::drain(std::function<void()> done) {
  post([this, done = std::move(done)]() mutable { pool_.drain(std::move(done)); });
}

void worker::close_all() {
  post([this] { pool_.close_all(); });
}

void worker::finish() {
  post([this] { work_.reset(); });
}

}  // namespace credcached::server
