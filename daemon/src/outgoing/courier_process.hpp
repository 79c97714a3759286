// A courier as a child process: started without environment and descriptors, killed by its process id, reaped on the loop.
//
// The child is waited for by its pidfd and its id alone: no handler of SIGCHLD, and nobody else's children.
//
// Thread safety: belongs to the thread of its executor.
// Failure:       std::runtime_error: found, expected, what to do.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>

namespace credcached::outgoing {

class courier_process {
 public:
  explicit courier_process(const boost::asio::any_io_executor& executor) : ended_(executor) {}
  ~courier_process();  ///< kills and reaps what still runs, which is a wait of an instant
  courier_process(const courier_process&) = delete;
  courier_process& operator=(const courier_process&) = delete;

  /// Starts `program` with `socket` as its standard input.
  [[nodiscard]] static std::shared_ptr<courier_process> start(const boost::asio::any_io_executor& executor,
                                                              const std::string& program, int socket);
  /// Kills it. It is reaped when the loop hears of its end.
  static void end(std::shared_ptr<courier_process> process) noexcept;

 private:
  void kill() noexcept;
  void reap() noexcept;

  pid_t pid_ = -1;
  boost::asio::posix::stream_descriptor ended_;  // the pidfd, readable when the process has ended
};

}  // namespace credcached::outgoing
