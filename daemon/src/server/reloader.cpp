#include "server/reloader.hpp"

#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>
#include <utility>

#include "platform/handler_memory.hpp"

namespace credcached::server {

struct reloader::shared {
  std::mutex mutex;  // guards `owner`: whoever holds it may post to the loop
  reloader* owner;
  boost::asio::io_context* context;
  prepare_function prepare;
  std::function<void(result)> done;
  result outcome;  // of the thread while it runs, of the loop from then on
  platform::handler_memory posting;

  void read(std::shared_ptr<const api::snapshot> in_force) noexcept {
    try {
      outcome = prepare(std::move(in_force));
    } catch (...) {
      outcome = std::current_exception();
    }
  }
};

reloader::reloader(boost::asio::io_context& context, prepare_function prepare, std::function<void(result)> done)
    : shared_(std::make_shared<shared>()) {
  shared_->owner = this;
  shared_->context = &context;
  shared_->prepare = std::move(prepare);
  shared_->done = std::move(done);
}

reloader::~reloader() {
  const std::lock_guard hold(shared_->mutex);
  shared_->owner = nullptr;
}

void reloader::start(std::shared_ptr<const api::snapshot> in_force) {
  if (running_) {
    again_ = true;
    return;
  }
  std::thread([common = shared_, in_force = std::move(in_force)]() mutable {
    common->read(std::move(in_force));
    const std::lock_guard hold(common->mutex);
    if (common->owner == nullptr) return;
    boost::asio::post(*common->context, common->posting.keep([common] {
      if (common->owner == nullptr) return;
      common->owner->running_ = false;
      common->done(std::exchange(common->outcome, std::exception_ptr()));
    }));
  }).detach();
  running_ = true;
}

}  // namespace credcached::server
