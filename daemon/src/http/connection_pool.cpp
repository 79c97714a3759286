#include "http/connection_pool.hpp"

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

namespace credcached::http {
connection_pool::connection_pool(boost::asio::io_context& context, request_handler& handler,
                                 std::shared_ptr<memory_budget> memory,
                                 std::function<void(const platform::peer&)> closed)
    : context_(context), handler_(handler), memory_(std::move(memory)), closed_(std::move(closed)), timer_(context) {}

connection_pool::~connection_pool() {
  queue_.clear();
  connections_.clear_and_dispose([](connection* c) { delete c; });
}

void connection_pool::add(connection::socket_type socket, const platform::peer& peer) {
  auto fresh = std::make_unique<connection>(*this, std::move(socket), peer);
  fresh->start();  // nothing calls back before it has returned
  connections_.push_back(*fresh.release());
  if (draining_) connections_.back().drain();
}

void connection_pool::erase(connection& c) {
  connections_.erase(connections_.iterator_to(c));
  {
    const std::unique_ptr<connection> gone(&c);
    closed_(gone->peer());
  }
  if (!connections_.empty() || !drained_) return;
  timer_.cancel();  // or the loop would go on until it fires
  std::exchange(drained_, nullptr)();
}

void connection_pool::drain(std::function<void()> done) {
  draining_ = true;
  timer_.cancel();
  armed_for_ = credcache::time_point::max();
  if (connections_.empty()) return done();
  drained_ = std::move(done);
  credcache::time_point earliest = credcache::time_point::max();
  for (auto next = connections_.begin(); next != connections_.end();) {
    connection& c = *next++;
    c.drain();
    earliest = std::min(earliest, c.deadline());
  }
  watch(earliest);
}

void connection_pool::close_all() {
  for (auto next = connections_.begin(); next != connections_.end();) {
    connection& c = *next++;
    c.close();
    if (c.finished()) erase(c);
  }
}

const response_heads& connection_pool::heads(credcache::wall_time now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != heads_of_) {
    heads_.make(now);
    heads_of_ = second;
  }
  return heads_;
}

// Time that was taken when nobody waited does not count: each episode of waiting begins with all of them equal.
void connection_pool::queue(connection& c) {
  if (c.episode != episode_) {
    c.episode = episode_;
    c.served = {};
  }
  queue_.insert(c);
  if (running_turns_) return;
  running_turns_ = true;
  boost::asio::post(context_, turns_memory_.keep([this] { run_turns(); }));
}

void connection_pool::forget_turn(connection& c) noexcept {
  if (static_cast<boost::intrusive::set_base_hook<>&>(c).is_linked()) queue_.erase(queue_.iterator_to(c));
}

void connection_pool::run_turns() {
  // Whatever a turn throws, the others have theirs: the next run is posted first.
  boost::asio::post(context_, turns_memory_.keep([this] {
    if (queue_.empty()) {
      running_turns_ = false;
      ++episode_;
    } else {
      run_turns();
    }
  }));
  const credcache::time_point end = credcache::boot_clock::now() + turn_time;
  while (!queue_.empty()) {
    connection& next = *queue_.begin();
    queue_.erase(queue_.begin());
    next.take_turn();
    if (credcache::boot_clock::now() >= end) return;
  }
}

void connection_pool::watch(credcache::time_point deadline) noexcept {
  if (deadline >= armed_for_) return;
  armed_for_ = credcache::time_point::max();
  try {
    timer_.expires_after(deadline - credcache::boot_clock::now());
    timer_.async_wait([this](boost::system::error_code ec) {
      if (!ec) reap();
    });
    armed_for_ = deadline;
  } catch (const std::bad_alloc&) {
    // Every answer and every new connection sets a deadline: one of them finds the memory for all.
  }
}

void connection_pool::reap() {
  const credcache::time_point now = credcache::boot_clock::now();
  armed_for_ = credcache::time_point::max();
  credcache::time_point earliest = armed_for_;
  for (auto next = connections_.begin(); next != connections_.end();) {
    connection& c = *next++;
    if (c.deadline() <= now) c.time_out();
    if (c.finished()) {
      erase(c);
    } else {
      earliest = std::min(earliest, c.deadline());
    }
  }
  if (!connections_.empty()) watch(std::max(earliest, now));
}

}  // namespace credcached::http
