#include "server/acceptor.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <new>
#include <utility>

#include "api/error.hpp"
#include "base/system_text.hpp"
#include "platform/log.hpp"

namespace credcached::server {
namespace {

/// Connections taken in one turn, so that a flood of them leaves the others their turn.
constexpr int most_per_turn = 64;
/// How long to wait when accept4 fails, mostly because descriptors or memory have run out: it would fail again at once.
constexpr std::chrono::milliseconds pause_length{100};

}  // namespace

acceptor::acceptor(boost::asio::io_context& context, int listening_socket, int family, std::size_t listener,
                   admit_function admit)
    : socket_(context, listening_socket),
      pause_(context),
      family_(family),
      listener_(listener),
      admit_(std::move(admit)) {}

void acceptor::stop() {
  boost::system::error_code ec;
  socket_.close(ec);
  pause_.cancel();
}

void acceptor::wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     memory_.keep([this](boost::system::error_code ec) {
                       if (!ec) accept_some();
                     }));
}

void acceptor::pause() {
  try {
    if (!std::exchange(short_of_, true))
      log::warning(errno == EMFILE ? "Connections have to wait: the daemon has as many open files as it may have."
                                   : "Connections have to wait: " + credcache::errno_text() + ".");
    pause_.expires_after(pause_length);
    pause_.async_wait(memory_.keep([this](boost::system::error_code ec) {
      if (!ec) accept_some();
    }));
  } catch (const std::bad_alloc&) {
    wait();  // without the pause
  }
}

void acceptor::accept_some() {
  for (int i = 0; i < most_per_turn; ++i) {
    if (accept_one()) continue;
    if (errno != EAGAIN) return pause();
    break;  // nobody is waiting any more
  }
  wait();
}

// False with errno as accept4 left it if there is none.
bool acceptor::accept_one() {
  const int fd = ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) short_of_ = false;
  if (fd < 0) return errno == EINTR || errno == ECONNABORTED;
  try {
    if (admit_(fd, family_, listener_)) return true;
    const std::string refusal = api::connection_refusal(credcache::now().wall);
    (void)::send(fd, refusal.data(), refusal.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  } catch (const std::exception& e) {
    log::error("A connection could not be accepted", e);
  }
  ::close(fd);
  return true;
}

}  // namespace credcached::server
