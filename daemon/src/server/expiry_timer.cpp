#include "server/expiry_timer.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace credcached::server {
namespace {

/// About 20 µs of work: what a request may have to wait for a turn of this task.
constexpr std::size_t most_expired_per_turn = 64;

}  // namespace

expiry_timer::expiry_timer(boost::asio::io_context& context, std::shared_ptr<credcache::credential_cache> cache)
    : context_(context), cache_(std::move(cache)), timer_(context, [this] { sweep(); }) {
  timer_.wait();
}

void expiry_timer::deadline_moved(credcache::time_point deadline) noexcept {
  const std::lock_guard hold(mutex_);
  if (stopped_ || deadline >= armed_for_) return;
  armed_for_ = deadline;
  timer_.set(deadline);
}

void expiry_timer::stop() {
  const std::lock_guard hold(mutex_);
  stopped_ = true;
  timer_.close();
}

// As long as a turn has all it may take, the next one follows behind the requests that are there: a million deadlines
// in one second leave no time to set a timer and look through the cache for each turn.
void expiry_timer::sweep() {
  if (stopped_) return;
  if (cache_->sweep(credcache::boot_clock::now(), most_expired_per_turn) == most_expired_per_turn) {
    return boost::asio::post(context_, memory_.keep([this] { sweep(); }));
  }
  {
    const std::lock_guard hold(mutex_);
    armed_for_ = credcache::time_point::max();
  }
  deadline_moved(cache_->next_deadline());
  timer_.wait();
}

}  // namespace credcached::server
