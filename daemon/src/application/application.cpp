#include "application/application.hpp"

#include <sched.h>
#include <sys/socket.h>

#include <csignal>
#include <utility>

#include "application/serve.hpp"
#include "config/listener.hpp"
#include "platform/hardening.hpp"
#include "platform/log.hpp"
#include "platform/program_pages.hpp"
#include "platform/systemd.hpp"

namespace credcached::application {
namespace {

unsigned usable_cores() noexcept {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&cores)));
}

credcache::cache_limits cache_limits_of(const config::settings& s) {
  return {s.cache_entries, s.cache_bytes, s.credentials_per_owner,
          s.evict_soonest_expiry ? credcache::eviction_policy::soonest_expiry : credcache::eviction_policy::refuse};
}

http::connection_limits connection_limits_of(const config::limits& l) {
  return {l.header_bytes, l.body_bytes, l.header_timeout, l.body_timeout, l.idle_timeout};
}

int family_of(int socket) noexcept {
  int family = AF_UNIX;
  socklen_t size = sizeof family;
  ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
  return family;
}

}  // namespace

application::application(std::function<config::settings()> load) : load_(std::move(load)), settings_(load_()) {
  log::start(settings_.log_level);
  const platform::hardening_report report = platform::harden();
  if (!report.memory_locked) memory_note_ = report.memory_note;
  facts_ = std::make_shared<api::daemon_facts>();
  facts_->started = credcache::now();
  facts_->memory_locked = report.memory_locked;
  open_sockets();
  materials_ = read_materials(settings_);
  facts_->key_source = materials_.key_source;
  facts_->key_memory = materials_.key->memory_kind();
  if (settings_.run_as) platform::become(*settings_.run_as);
  facts_->audit.open(settings_.audit);
  make_workers();
}

application::~application() = default;

void application::open_sockets() {
  sockets_ = open_listening_sockets(platform::take_listen_sockets(), std::move(settings_.listeners));
  for (const std::string& warning : sockets_.warnings) log::warning(warning);
  settings_.listeners.clear();
  for (const listening_socket& socket : sockets_.sockets) {
    settings_.listeners.push_back(socket.listener);
    facts_->listeners.push_back(config::to_string(socket.listener));
  }
}

void application::make_workers() {
  watcher_ = std::make_shared<cache_watcher>(*facts_);
  cache_ = std::make_shared<credcache::credential_cache>(cache_limits_of(settings_), watcher_);
  facts_->cache = cache_;
  facts_->requests.configure(settings_.limits.requests_per_second, settings_.limits.requests_burst);
  facts_->workers = settings_.workers == 0 ? usable_cores() : settings_.workers;
  quota_.set_limits(settings_.limits.connections, settings_.limits.connections_per_uid);
  for (unsigned i = 0; i < facts_->workers; ++i) {
    facts_->counters.push_back(std::make_shared<api::metrics>(api::routes().size()));
    credcache::credential_service service(cache_, materials_.key, materials_.catalog, materials_.sources(),
                                          {settings_.default_ttl, settings_.max_ttl});
    workers_.push_back(std::make_unique<worker>(
        std::make_unique<api::api>(facts_, facts_->counters.back(), std::move(service), settings_, materials_.tokens),
        connection_limits_of(settings_.limits), [this](const http::peer& from) { count_out(from); }));
  }
  boost::asio::io_context& main_loop = workers_.front()->context();
  expiry_ = std::make_unique<expiry_task>(main_loop, cache_);
  watcher_->deadline_moved = [this](credcache::time_point deadline) { expiry_->deadline_moved(deadline); };
  for (std::size_t i = 0; i < sockets_.sockets.size(); ++i) {
    const int fd = sockets_.sockets[i].descriptor.release();
    acceptors_.push_back(std::make_unique<acceptor>(
        main_loop, fd, family_of(fd), i,
        [this](int socket, int family, const http::peer& from) { return admit(socket, family, from); }));
  }
  sockets_.sockets.clear();
}

bool application::admit(int socket, int family, const http::peer& from) {
  if (!quota_.admit(from)) {
    ++facts_->connections_refused;
    return false;
  }
  ++facts_->connections;
  worker& next = *workers_[next_worker_++ % workers_.size()];
  if (&next == workers_.front().get()) {
    next.take(socket, family, from);
  } else {
    try {
      next.post([&next, socket, family, from] { next.take(socket, family, from); });
    } catch (const std::bad_alloc&) {
      count_out(from);
      throw;
    }
  }
  return true;
}

void application::count_out(const http::peer& from) {
  quota_.release(from);
  --facts_->connections;
}

void application::run() {
  watch_signals();
  for (std::size_t i = 1; i < workers_.size(); ++i) workers_[i]->start();
  for (const auto& a : acceptors_) a->start();
  keep_watchdog();
  settle();
  if (!memory_note_.empty()) log::info(memory_note_);
  for (const std::string& where : facts_->listeners) log::info("Listening on " + where + ".");
  log::info("credcached " CREDCACHED_VERSION " is ready: " + std::to_string(workers_.size()) + " workers, key " +
            facts_->key_source + " (" + facts_->key_memory + "), " + std::to_string(materials_.catalog->csps().size()) +
            " csps.");
  platform::notify("READY=1");
  workers_.front()->run();
  for (std::size_t i = 1; i < workers_.size(); ++i) workers_[i]->join();
  log::info("Stopped.");
}

void application::watch_signals() {
  if (!signals_) {
    signals_ = std::make_unique<boost::asio::signal_set>(workers_.front()->context(), SIGTERM, SIGINT, SIGHUP);
  }
  signals_->async_wait(signal_memory_.keep([this](boost::system::error_code ec, int signal) {
    if (ec) return;
    watch_signals();  // first: whatever becomes of this one
    if (signal == SIGHUP) {
      reload();
    } else {
      stop();
    }
  }));
}

// systemd expects a sign of life within its interval; without one there is no timer.
void application::keep_watchdog() {
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

// Once: what only a start needs of the executable goes when the start and the first requests are over.
void application::settle() {
  settled_ = std::make_unique<boost::asio::steady_timer>(workers_.front()->context(), std::chrono::seconds(1));
  settled_->async_wait([](boost::system::error_code ec) {
    if (!ec) platform::let_go_of_program_pages();
  });
}

// All or nothing: everything is read and checked before the first worker hears of it.
void application::reload() {
  platform::notify("RELOADING=1");
  try {
    config::settings fresh = load_();
    fresh.listeners = settings_.listeners;  // sockets, workers and key stay until a restart
    materials read = read_materials(fresh, &materials_);
    const api::access_policy checked(fresh.access, read.tokens);
    facts_->audit.open(fresh.audit);
    materials_ = std::move(read);
    settings_ = std::move(fresh);
    log::start(settings_.log_level);
    facts_->requests.configure(settings_.limits.requests_per_second, settings_.limits.requests_burst);
    quota_.set_limits(settings_.limits.connections, settings_.limits.connections_per_uid);
    for (const auto& w : workers_) {
      w->post([target = w.get(), settings = settings_, fresh_materials = materials_] {
        target->answers().reload(fresh_materials.catalog, fresh_materials.sources(), settings, fresh_materials.tokens);
      });
    }
    ++facts_->reloads;
    log::info("Reloaded: " + std::to_string(materials_.catalog->csps().size()) + " csps, " +
              std::to_string(settings_.access.size()) + " access rules.");
  } catch (const std::exception& e) {
    ++facts_->reload_failures;
    log::error("Not reloaded, everything stays as it was", e);
  }
  platform::notify("READY=1");
}

void application::stop() {
  if (stopping_) return;
  stopping_ = true;
  log::info("Stopping: no new connections, at most " + std::to_string(settings_.limits.drain_timeout.count()) +
            " s for the requests in hand.");
  platform::notify("STOPPING=1");
  facts_->draining = true;
  for (const auto& a : acceptors_) a->stop();
  drain_timer_ =
      std::make_unique<boost::asio::steady_timer>(workers_.front()->context(), settings_.limits.drain_timeout);
  drain_timer_->async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    log::warning("Some requests did not end in time; they are cut off.");
    for (const auto& w : workers_) w->close_all();
  });
  draining_workers_ = workers_.size();
  for (const auto& w : workers_) {
    w->drain([this] {
      workers_.front()->post([this] {
        if (--draining_workers_ == 0) finish();
      });
    });
  }
}

void application::finish() {
  drain_timer_->cancel();
  if (watchdog_) watchdog_->cancel();
  settled_->cancel();
  expiry_->stop();
  signals_.reset();
  for (const auto& w : workers_) w->finish();
}

int serve(const std::function<config::settings()>& load) {
  try {
    application daemon(load);
    daemon.run();
    return 0;
  } catch (const std::exception& e) {
    log::error(e.what());
    return 2;
  }
}

}  // namespace credcached::application
