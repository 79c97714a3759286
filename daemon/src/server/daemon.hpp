// The wiring of the daemon, its start, its reloads and its stop.
//
// Start:  settings, sockets, snapshot (key, definitions, environment, tokens, rules), rights given up, workers.
// Reload: a snapshot is read on a thread of its own and made ready for every worker; only when all of that is there it is
//         published, which cannot fail.
// Stop:   no new connections, drain with a deadline, then the loops run dry.
// The first worker's loop also has the acceptors, the signals and the expiry.
//
// Thread safety: run() belongs to the main thread.
// Failure:       start-up throws std::exception with one line for the user.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "api/daemon_state.hpp"
#include "api/routes.hpp"
#include "server/acceptor.hpp"
#include "server/admission.hpp"
#include "server/boot_timer.hpp"
#include "server/cache_observer.hpp"
#include "server/expiry_timer.hpp"
#include "server/kept_lines.hpp"
#include "server/listening_sockets.hpp"
#include "server/reloader.hpp"
#include "server/signals.hpp"
#include "server/worker.hpp"

namespace credcached::server {

class daemon {
 public:
  daemon(std::function<config::settings()> load, std::span<const api::route> routes);
  ~daemon();
  daemon(const daemon&) = delete;
  daemon& operator=(const daemon&) = delete;

  /// Serves until SIGTERM or SIGINT.
  void run();

 private:
  [[nodiscard]] std::vector<config::listener> open_sockets(const config::settings& settings);
  void make_workers(std::span<const api::route> routes);
  void make_acceptors();
  void receive(int signal);
  void keep_watchdog();
  void write_refusals();
  void put_in_force(snapshot_reading& reading) noexcept;
  void reload();
  void end_reload(reloader::result outcome);
  void stop();
  void finish();

  std::function<config::settings()> load_;
  std::string memory_note_;  ///< whether memory is locked, for the log of a start that succeeds
  std::shared_ptr<const api::snapshot> snapshot_;
  std::shared_ptr<cache_observer> observer_;
  std::shared_ptr<api::daemon_state> state_;
  listening_sockets sockets_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::unique_ptr<admission> admission_;
  std::vector<std::unique_ptr<acceptor>> acceptors_;
  std::unique_ptr<kept_lines> kept_lines_;
  std::unique_ptr<expiry_timer> expiry_;
  std::unique_ptr<boot_timer> refusals_due_;
  std::unique_ptr<signals> signals_;
  std::unique_ptr<reloader> reloader_;
  platform::handler_memory watchdog_memory_;
  std::unique_ptr<boot_timer> drain_limit_;
  std::vector<platform::handler_memory> drained_memory_;  // one per worker
  std::unique_ptr<boost::asio::steady_timer> watchdog_;
  std::size_t draining_workers_ = 0;
  bool stopping_ = false;
};

}  // namespace credcached::server
