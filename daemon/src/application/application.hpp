// The wiring of the daemon, its start and its stop.
//
// Start: key, definitions, environment, sockets, tokens, rights given up, workers. Stop: no new connections, drain with
// a deadline, then the loops run dry. The first worker's loop also has the acceptors, the signals and the expiry.
//
// Thread safety: run() belongs to the main thread. Failure: start-up throws std::exception with one line for the user.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "api/daemon_facts.hpp"
#include "application/acceptor.hpp"
#include "application/cache_watcher.hpp"
#include "application/connection_quota.hpp"
#include "application/expiry_task.hpp"
#include "application/listening_sockets.hpp"
#include "application/materials.hpp"
#include "application/worker.hpp"

namespace credcached::application {

class application {
 public:
  explicit application(std::function<config::settings()> load);
  ~application();
  application(const application&) = delete;
  application& operator=(const application&) = delete;

  /// Serves until SIGTERM or SIGINT.
  void run();

 private:
  void open_sockets();
  void make_workers();
  void add_acceptor(int fd, const config::listener& where);
  [[nodiscard]] bool admit(int socket, int family, const http::peer& from);
  void count_out(const http::peer& from);
  void watch_signals();
  void keep_watchdog();
  void settle();
  void reload();
  void stop();
  void finish();

  std::function<config::settings()> load_;
  config::settings settings_;
  std::string memory_note_;  ///< why memory is not locked, for the log of a start that succeeds
  materials materials_;
  std::shared_ptr<cache_watcher> watcher_;
  std::shared_ptr<credcache::credential_cache> cache_;
  std::shared_ptr<api::daemon_facts> facts_;
  connection_quota quota_;
  listening_sockets sockets_;  // the acceptors take over the descriptors
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<std::unique_ptr<acceptor>> acceptors_;
  std::unique_ptr<expiry_task> expiry_;
  handler_memory signal_memory_, watchdog_memory_;
  std::unique_ptr<boost::asio::signal_set> signals_;
  std::unique_ptr<boost::asio::steady_timer> drain_timer_;
  std::unique_ptr<boost::asio::steady_timer> watchdog_;
  std::unique_ptr<boost::asio::steady_timer> settled_;
  std::size_t next_worker_ = 0;
  std::size_t draining_workers_ = 0;
  bool stopping_ = false;
};

}  // namespace credcached::application
