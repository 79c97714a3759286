#include "server/daemon.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "base/system_text.hpp"
#include "base/unique_fd.hpp"
#include "base/user_namespace.hpp"
#include "config/listener.hpp"
#include "credcache/version.hpp"
#include "platform/hardening.hpp"
#include "platform/line_sink.hpp"
#include "platform/log.hpp"
#include "platform/peer_identity.hpp"
#include "platform/systemd.hpp"
#include "server/serve.hpp"

namespace credcached::server {
namespace {

unsigned usable_cores() noexcept {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&cores)));
}

int family_of(int socket) noexcept {
  int family = AF_UNIX;
  socklen_t size = sizeof family;
  ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
  return family;
}

// What root has opened a reload opens anew as `user`. A file with a second name may be something else's.
void give_audit_file(const std::string& path, const std::string& user) {
  const credcache::unique_fd file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != 0 || info.st_nlink != 1)
    return;
  const auto uid = platform::uid_of(user);
  if (uid && ::fchownat(file.get(), "", *uid, static_cast<gid_t>(-1), AT_EMPTY_PATH) != 0)
    log::warning("The audit file cannot be given to " + user + ", so reloads will fail: " + credcache::errno_text() +
                 ".");
}

}  // namespace

daemon::daemon(std::function<config::settings()> load, std::span<const api::route> routes) : load_(std::move(load)) {
  block_signals();
  config::settings settings = load_();
  log::start(settings.log_level);
  const platform::hardening_report report = platform::harden();
  for (const std::string& failure : report.failures) log::warning(failure);
  memory_note_ = report.memory_note;
  if (credcache::overflow_uid() == ::geteuid()) {
    throw std::runtime_error("the user namespace maps nobody to uid " + std::to_string(::geteuid()) +
                             ", which this process has, so anybody may have it: map the user who starts it "
                             "(unshare --map-current-user)");
  }
  state_ = std::make_shared<api::daemon_state>();
  state_->started = credcache::now();
  state_->memory_locked = report.memory_locked;
  std::vector<config::listener> open = open_sockets(settings);
  snapshot_reading reading = read_snapshot(std::move(settings), std::move(open));
  for (const std::string& sentence : reading.warnings) log::warning(sentence);
  state_->key_memory = reading.snapshot->key->memory_kind();
  if (const auto& run_as = reading.snapshot->settings.run_as) {
    give_audit_file(reading.snapshot->settings.audit.to, *run_as);
    platform::become(*run_as);
  }
  snapshot_ = reading.snapshot;
  make_workers(routes);
  put_in_force(reading);
  make_acceptors();
}

daemon::~daemon() = default;

std::vector<config::listener> daemon::open_sockets(const config::settings& settings) {
  sockets_ = open_listening_sockets(platform::take_listen_sockets(), settings.listeners);
  for (const std::string& warning : sockets_.warnings) log::warning(warning);
  std::vector<config::listener> open;
  for (const listening_socket& socket : sockets_.sockets) {
    open.push_back(socket.listener);
    state_->listeners.push_back(config::to_string(socket.listener));
  }
  return open;
}

void daemon::make_workers(std::span<const api::route> routes) {
  observer_ = std::make_shared<cache_observer>(*state_);
  state_->cache = std::make_shared<credcache::credential_cache>(snapshot_->settings.cache, observer_);
  admission_ = std::make_unique<admission>(state_, workers_);
  const unsigned count = snapshot_->settings.workers == 0 ? usable_cores() : snapshot_->settings.workers;
  // Well below what all of TCP may have (limits.connectionsPerUid), however many cores there are.
  const std::size_t strangers = std::max<std::size_t>(4, http::connection_pool::usual_strangers / count);
  for (unsigned i = 0; i < count; ++i) {
    state_->counters.push_back(std::make_shared<metrics::worker_counters>(routes.size()));
    workers_.push_back(std::make_unique<worker>(
        std::make_unique<api::pipeline>(
            state_, state_->counters.back(),
            api::worker_configuration_ptr(new api::worker_configuration(snapshot_, state_->cache)), routes),
        state_->memory, [this](const platform::peer& peer) { admission_->release(peer); }, strangers));
  }
  boost::asio::io_context& main_loop = workers_.front()->context();
  kept_lines_ = std::make_unique<kept_lines>(main_loop, state_->audit);
  expiry_ = std::make_unique<expiry_timer>(main_loop, state_->cache);
  observer_->deadline_moved = [this](credcache::time_point deadline) { expiry_->deadline_moved(deadline); };
  drain_limit_ = std::make_unique<boot_timer>(main_loop, [this] {
    log::warning("Some requests did not end in time; they are cut off.");
    for (const auto& w : workers_) w->close_all();
  });
  drained_memory_.resize(count);
  refusals_due_ = std::make_unique<boot_timer>(main_loop, [this] { write_refusals(); });
  refusals_due_->wait();
  state_->refusals.on_first = [this](credcache::time_point due) { refusals_due_->set(due); };
  reloader_ = std::make_unique<reloader>(
      main_loop,
      [load = load_, cache = state_->cache, count](const std::shared_ptr<const api::snapshot>& in_force) {
        prepared_snapshot prepared{read_snapshot(load(), *in_force), {}};
        for (unsigned i = 0; i < count; ++i) {
          // Owned before the list grows, which may fail.
          prepared.configurations.push_back(
              api::worker_configuration_ptr(new api::worker_configuration(prepared.reading.snapshot, cache)));
        }
        return prepared;
      },
      [this](reloader::result outcome) { end_reload(std::move(outcome)); });
}

void daemon::make_acceptors() {
  for (std::size_t i = 0; i < sockets_.sockets.size(); ++i) {
    const int fd = sockets_.sockets[i].descriptor.release();
    acceptors_.push_back(std::make_unique<acceptor>(
        workers_.front()->context(), fd, family_of(fd), i,
        [this](int socket, int family, std::size_t listener) { return admission_->admit(socket, family, listener); }));
  }
  sockets_.sockets.clear();
}

void daemon::run() {
  signals_ = std::make_unique<signals>(workers_.front()->context(), [this](int signal) { receive(signal); });
  for (std::size_t i = 1; i < workers_.size(); ++i) workers_[i]->start();
  for (const auto& a : acceptors_) a->start();
  keep_watchdog();
  if (!memory_note_.empty()) log::info(memory_note_);
  for (const std::string& address : state_->listeners) log::info("Listening on " + address + ".");
  log::info("credcached " CREDCACHE_VERSION_STRING " is ready: " + std::to_string(workers_.size()) + " workers, key " +
            snapshot_->key_source + " (" + state_->key_memory + "), " +
            std::to_string(snapshot_->catalog->csps().size()) + " csps.");
  platform::notify("READY=1");
  workers_.front()->run();
  for (std::size_t i = 1; i < workers_.size(); ++i) workers_[i]->join();
  log::info("Stopped.");
  kept_lines_->send_last();
}

void daemon::receive(int signal) {
  if (signal == SIGHUP) {
    reload();
  } else {
    stop();
  }
}

// systemd expects a sign of life within its interval; without one there is no timer.
void daemon::keep_watchdog() {
  const auto interval = platform::watchdog_interval();
  if (!interval) return;
  if (!watchdog_) watchdog_ = std::make_unique<boost::asio::steady_timer>(workers_.front()->context());
  watchdog_->expires_after(*interval / 2);
  watchdog_->async_wait(watchdog_memory_.keep([this](boost::system::error_code ec) {
    if (ec) return;
    keep_watchdog();
    platform::notify("WATCHDOG=1");
  }));
}

// The lines that stand for many refusals.
void daemon::write_refusals() {
  const auto next = state_->refusals.flush(credcache::boot_clock::now(), state_->audit);
  if (next != credcache::time_point::max()) refusals_due_->set(next);
  refusals_due_->wait();
}

// What a snapshot changes outside of itself. All of it was made ready before.
void daemon::put_in_force(snapshot_reading& reading) noexcept {
  const config::settings& settings = reading.snapshot->settings;
  snapshot_ = reading.snapshot;
  state_->audit.use(std::move(reading.audit));
  log::set_level(settings.log_level);
  state_->rate_limiter.configure(settings.limits.requests_per_second, settings.limits.requests_burst);
  state_->memory->set_limit(settings.limits.memory_in_flight_bytes);
  admission_->set_limits(settings.limits.connections, settings.limits.connections_per_uid);
  credcache::erase_environment(reading.environment_names);
}

void daemon::reload() {
  if (stopping_) return;
  platform::notify("RELOADING=1");
  try {
    reloader_->start(snapshot_);
  } catch (const std::exception&) {
    end_reload(std::current_exception());
  }
}

// What is told may lack memory; what is done does not.
void daemon::end_reload(reloader::result outcome) {
  if (auto* const prepared = std::get_if<prepared_snapshot>(&outcome)) {
    for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i]->publish(std::move(prepared->configurations[i]));
    put_in_force(prepared->reading);
    ++state_->reloads;
    try {
      log::info("Reloaded: " + std::to_string(snapshot_->catalog->csps().size()) + " csps, " +
                std::to_string(snapshot_->settings.access.size()) + " access rules.");
    } catch (const std::bad_alloc&) {
      log::info("Reloaded.");
    }
    for (const std::string& sentence : prepared->reading.warnings) log::warning(sentence);
  } else {
    ++state_->reload_failures;
    try {
      std::rethrow_exception(std::get<std::exception_ptr>(outcome));
    } catch (const std::exception& e) {
      log::error("Not reloaded, everything stays as it was", e);
    }
  }
  platform::notify("READY=1");
  if (reloader_->wanted_again()) reload();
}

// Needs no memory: nobody sends a second signal because of what the first one could not do.
void daemon::stop() {
  if (std::exchange(stopping_, true)) return;
  const std::chrono::seconds drain_timeout = snapshot_->settings.limits.drain_timeout;
  state_->draining = true;
  for (const auto& a : acceptors_) a->stop();
  drain_limit_->set(credcache::boot_clock::now() + drain_timeout);
  drain_limit_->wait();
  draining_workers_ = workers_.size();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->drain([this, i] {
      boost::asio::post(workers_.front()->context(), drained_memory_[i].keep([this] {
        if (--draining_workers_ == 0) finish();
      }));
    });
  }
  platform::notify("STOPPING=1");
  try {
    log::info("Stopping: no new connections, at most " + std::to_string(drain_timeout.count()) +
              " s for the requests in hand.");
  } catch (const std::bad_alloc&) {
    log::info("Stopping.");
  }
}

void daemon::finish() {
  drain_limit_->close();
  if (watchdog_) watchdog_->cancel();
  expiry_->stop();
  refusals_due_->close();
  (void)state_->refusals.flush(credcache::boot_clock::now() + audit::refusal_bursts::interval, state_->audit);
  kept_lines_->stop();
  signals_->stop();
  for (const auto& w : workers_) w->finish();
}

int serve(const std::function<config::settings()>& load, std::span<const api::route> routes) {
  try {
    daemon served(load, routes);
    served.run();
    return 0;
  } catch (const std::exception& e) {
    log::error(e.what());
    platform::standard_error().flush_until(credcache::boot_clock::now() + std::chrono::seconds(1));
    return 2;
  }
}

}  // namespace credcached::server
