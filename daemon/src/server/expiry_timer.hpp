// Wipes cached credentials at their deadline: one timer that sleeps until the next one, if there is one.
//
// It takes a bounded number of entries a turn and lets requests through in between. Once made, it needs no memory.
//
// Thread safety: belongs to the thread of `context`, except deadline_moved().
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>

#include "credcache/credential_cache.hpp"
#include "platform/handler_memory.hpp"
#include "server/boot_timer.hpp"

namespace credcached::server {

class expiry_timer {
 public:
  expiry_timer(boost::asio::io_context& context, std::shared_ptr<credcache::credential_cache> cache);

  /// The cache has an earlier deadline than before. From any thread.
  void deadline_moved(credcache::time_point deadline) noexcept;
  void stop();

 private:
  void sweep();

  boost::asio::io_context& context_;
  std::shared_ptr<credcache::credential_cache> cache_;
  platform::handler_memory memory_;
  std::mutex mutex_;  // guards what the timer is set to
  boot_timer timer_;
  credcache::time_point armed_for_ = credcache::time_point::max();
  bool stopped_ = false;
};

}  // namespace credcached::server
