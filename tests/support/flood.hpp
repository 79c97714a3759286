// Clients that ask the same thing again and again, each on a connection and in a thread of its own, and throw the answers
// away unread.
//
// Thread safety: none; the object belongs to one thread.
// Ownership:     joins its threads; a client ends when the daemon closes its connection, or with the object.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace credcached::testing {

class flood {
 public:
  flood(const std::string& socket, std::size_t connections, std::string requests) : requests_(std::move(requests)) {
    for (std::size_t i = 0; i < connections; ++i) threads_.emplace_back([this, socket] { run(socket); });
  }
  ~flood() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
  }
  flood(const flood&) = delete;
  flood& operator=(const flood&) = delete;
  /// Bytes of answers that have come.
  [[nodiscard]] std::size_t answered() const { return answered_; }

 private:
  void run(const std::string& socket) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket.data(), socket.size());
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) ask(fd);
    ::close(fd);
  }
  // Sends whenever the socket takes something.
  void ask(int fd) {
    std::size_t sent = 0;
    char answers[16 * 1024];
    while (!stop_) {
      pollfd ready{fd, POLLIN | POLLOUT, 0};
      if (::poll(&ready, 1, 100) < 0) return;
      if ((ready.revents & POLLIN) != 0) {
        const ssize_t got = ::recv(fd, answers, sizeof answers, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) return;
        if (got > 0) answered_ += static_cast<std::size_t>(got);
      }
      if ((ready.revents & POLLOUT) != 0) {
        const ssize_t took = ::send(fd, requests_.data() + sent, requests_.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (took < 0 && errno != EAGAIN) return;
        if (took > 0) sent = (sent + static_cast<std::size_t>(took)) % requests_.size();
      }
      if ((ready.revents & (POLLERR | POLLHUP)) != 0 && (ready.revents & POLLIN) == 0) return;
    }
  }

  std::string requests_;
  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> answered_{0};
  std::vector<std::thread> threads_;
};

}  // namespace credcached::testing
