#include "http/connection_pool.hpp"

#include <memory>
#include <utility>

namespace credcached::http {

connection_pool::connection_pool(boost::asio::io_context& context, request_handler& handler, config::limits limits,
                                 std::function<void(const platform::peer&)> closed)
    : context_(context), handler_(handler), limits_(limits), closed_(std::move(closed)), timer_(context) {}

connection_pool::~connection_pool() {
  connections_.clear_and_dispose([](connection* c) { delete c; });
}

void connection_pool::add(connection::socket_type socket, const platform::peer& from) {
  auto fresh = std::make_unique<connection>(*this, std::move(socket), from);
  fresh->start();  // nothing calls back before it has returned
  connections_.push_back(*fresh.release());
}

void connection_pool::erase(connection& c) {
  const platform::peer from = c.from();
  connections_.erase_and_dispose(connections_.iterator_to(c), [](connection* gone) { delete gone; });
  closed_(from);
  if (!connections_.empty()) return;
  timer_.cancel();
  armed_for_ = credcache::time_point::max();
  if (drained_) std::exchange(drained_, nullptr)();
}

void connection_pool::drain(std::function<void()> done) {
  if (connections_.empty()) return done();
  drained_ = std::move(done);
  for (auto next = connections_.begin(); next != connections_.end();) (next++)->drain();
}

void connection_pool::close_all() {
  for (auto next = connections_.begin(); next != connections_.end();) {
    connection& c = *next++;
    c.close();
    if (c.finished()) erase(c);
  }
}

credcache::instant connection_pool::now() noexcept {
  return credcache::now();
}

const response_heads& connection_pool::heads(credcache::wall_time now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != heads_of_) {
    heads_.make(now);
    heads_of_ = second;
  }
  return heads_;
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
