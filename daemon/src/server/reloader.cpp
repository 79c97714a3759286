#include "server/reloader.hpp"

#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>
#include <utility>

namespace credcached::server {

struct reloader::shared {
  std::mutex mutex;  // guards `owner`: whoever holds it may post to the loop
  reloader* owner;
  boost::asio::io_context* context;
  prepare_function prepare;
  std::function<void(result)> done;

  [[nodiscard]] result read(std::shared_ptr<const api::snapshot> in_force) const noexcept {
    try {
      return prepare(std::move(in_force));
    } catch (const std::exception& e) {
      return std::string(e.what());
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
    auto outcome = std::make_shared<result>(common->read(std::move(in_force)));
    const std::lock_guard hold(common->mutex);
    if (common->owner == nullptr) return;
    boost::asio::post(*common->context, [common, outcome] {
      if (common->owner == nullptr) return;
      common->owner->running_ = false;
      common->done(std::move(*outcome));
    });
  }).detach();
  running_ = true;
}

}  // namespace credcached::server
