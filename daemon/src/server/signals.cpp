#include "server/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace credcached::server {
namespace {

sigset_t received_signals() noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

int open_descriptor() {
  const sigset_t set = received_signals();
  const int fd = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot read signals from a descriptor");
  return fd;
}

}  // namespace

void block_signals() {
  const sigset_t set = received_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

signals::signals(boost::asio::io_context& context, std::function<void(int)> receive)
    : descriptor_(context, open_descriptor()), receive_(std::move(receive)) {
  wait();
}

void signals::stop() {
  boost::system::error_code ec;
  descriptor_.close(ec);
}

void signals::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         memory_.keep([this](boost::system::error_code ec) {
                           if (ec) return;
                           signalfd_siginfo info{};
                           const bool got = ::read(descriptor_.native_handle(), &info, sizeof info) == sizeof info;
                           wait();  // first: whatever becomes of this one
                           if (got) receive_(static_cast<int>(info.ssi_signo));
                         }));
}

}  // namespace credcached::server
