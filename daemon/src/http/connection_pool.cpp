#include "http/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

namespace credcached::http {
connection_pool::connection_pool(boost::asio::io_context& context, request_handler& handler,
                                 std::shared_ptr<memory_budget> memory,
                                 std::function<void(const platform::peer&)> closed, std::size_t most_strangers)
    : context_(context),
      handler_(handler),
      memory_(std::move(memory)),
      closed_(std::move(closed)),
      most_strangers_(most_strangers),
      timer_(context) {}

connection_pool::~connection_pool() {
  strangers_.clear();
  connections_.clear_and_dispose([](connection* c) { delete c; });
}

void connection_pool::add(connection::socket_type socket, const platform::peer& peer) {
  auto fresh = std::make_unique<connection>(*this, std::move(socket), peer);
  fresh->start();  // nothing calls back before it has returned
  connection& added = *fresh.release();
  connections_.push_back(added);
  if (draining_) added.drain();
  if (added.is_stranger()) add_stranger(added);
}

void connection_pool::add_stranger(connection& c) {
  strangers_.push_back(c);
  if (strangers_.size() <= most_strangers_) return;
  connection& oldest = strangers_.front();
  oldest.close();
  if (oldest.finished()) erase(oldest);
}

void connection_pool::forget_stranger(connection& c) noexcept {
  if (static_cast<stranger_hook&>(c).is_linked()) strangers_.erase(strangers_.iterator_to(c));
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

void connection_pool::queue(connection& c) {
  const bool is_short = c.last_turn < short_turn;
  turn_queue& own = is_short ? short_turns_ : long_turns_;
  const turn_queue& other = is_short ? long_turns_ : short_turns_;
  if (own.waiting.empty()) own.served = std::max(own.served, other.served);  // time that nobody wanted is not saved up
  own.waiting.push_back(c);
  begin_turns();
}

void connection_pool::had_direct_turn(std::chrono::nanoseconds length) {
  direct_turns_ += length;
  if (direct_turns_ >= turn_time) begin_turns();
}

void connection_pool::begin_turns() {
  direct_turns_ = {};
  if (running_turns_) return;
  running_turns_ = true;
  boost::asio::post(context_, turns_memory_.keep([this] { run_turns(); }));
}

void connection_pool::forget_turn(connection& c) noexcept {
  static_cast<turn_hook&>(c).unlink();
}

// Null if nobody waits.
connection_pool::turn_queue* connection_pool::next_queue() noexcept {
  if (short_turns_.waiting.empty()) return long_turns_.waiting.empty() ? nullptr : &long_turns_;
  if (long_turns_.waiting.empty()) return &short_turns_;
  return short_turns_.served <= long_turns_.served ? &short_turns_ : &long_turns_;
}

void connection_pool::run_turns() {
  turn_queue* next = next_queue();
  running_turns_ = next != nullptr;
  if (!running_turns_) return;
  boost::asio::post(context_, turns_memory_.keep([this] { run_turns(); }));  // first: a turn may throw
  credcache::time_point now = credcache::boot_clock::now();
  for (const credcache::time_point end = now + turn_time; next != nullptr && now < end; next = next_queue()) {
    connection& c = next->waiting.front();
    next->waiting.pop_front();
    const credcache::time_point begin = now;
    c.take_turn();
    now = credcache::boot_clock::now();
    next->served += now - begin;
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
