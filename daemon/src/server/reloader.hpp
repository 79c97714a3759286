// Reads a new snapshot on a thread of its own: files may be slow and the account database may hang, and no request waits
// until they answer.
//
// One reading at a time; another reload that is asked for meanwhile follows it. A reading that hangs is left behind when
// the daemon ends.
//
// Thread safety: belongs to the thread of `context`, on which the results arrive.
// Failure:       whatever a reading throws is its result. Saying so needs no memory: there may be none just then.
#pragma once

#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "api/worker_configuration.hpp"
#include "server/read_snapshot.hpp"

namespace credcached::server {

/// A snapshot, and the configurations made of it for the workers.
struct prepared_snapshot {
  snapshot_reading reading;
  std::vector<api::worker_configuration_ptr> configurations;
};

class reloader {
 public:
  using prepare_function = std::function<prepared_snapshot(std::shared_ptr<const api::snapshot> in_force)>;
  /// What came of a reload, or why there is none.
  using result = std::variant<prepared_snapshot, std::exception_ptr>;

  /// `prepare` runs on the other thread, `done` on that of `context`.
  reloader(boost::asio::io_context& context, prepare_function prepare, std::function<void(result)> done);
  ~reloader();

  /// Begins a reload, or notes that another one is wanted. Throws if there is no thread to be had.
  void start(std::shared_ptr<const api::snapshot> in_force);
  [[nodiscard]] bool wanted_again() noexcept { return std::exchange(again_, false); }

 private:
  struct shared;  // outlives a thread that hangs
  std::shared_ptr<shared> shared_;
  bool running_ = false;
  bool again_ = false;
};

}  // namespace credcached::server
