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
#include "platform/unix_socket.hpp"
#include "server/acceptor.hpp"
#include "server/cache_observer.hpp"
#include "server/connection_quota.hpp"
#include "server/expiry_timer.hpp"
#include "server/materials.hpp"
#include "server/worker.hpp"

namespace credcached::server {

class daemon {
 public:
  explicit daemon(std::function<config::settings()> load);
  ~daemon();
  daemon(const daemon&) = delete;
  daemon& operator=(const daemon&) = delete;

  /// Serves until SIGTERM or SIGINT.
  void run();

 private:
  void open_sockets();
  void make_workers();
  void add_acceptor(int fd, const config::listener& where);
  [[nodiscard]] bool admit(int socket, int family, const platform::peer& from);
  void count_out(const platform::peer& from);
  void watch_signals();
  void keep_watchdog();
  void reload();
  void stop();
  void finish();

  std::function<config::settings()> load_;
  config::settings settings_;
  std::string memory_note_;  ///< why memory is not locked, for the log of a start that succeeds
  materials materials_;
  std::shared_ptr<cache_observer> watcher_;
  std::shared_ptr<credcache::credential_cache> cache_;
  std::shared_ptr<api::daemon_facts> facts_;
  connection_quota quota_;
  std::vector<std::pair<int, config::listener>> sockets_;  // listening, until an acceptor takes them over
  std::vector<platform::bound_socket> bound_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<std::unique_ptr<acceptor>> acceptors_;
  std::unique_ptr<expiry_timer> expiry_;
  handler_memory signal_memory_, watchdog_memory_;
  std::unique_ptr<boost::asio::signal_set> signals_;
  std::unique_ptr<boost::asio::steady_timer> drain_timer_;
  std::unique_ptr<boost::asio::steady_timer> watchdog_;
  std::size_t next_worker_ = 0;
  std::size_t draining_workers_ = 0;
  bool stopping_ = false;
};

}  // namespace credcached::server
