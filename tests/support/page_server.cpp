#include "page_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace credcached::testing {

page_server::page_server() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  union {
    sockaddr_in specific;
    sockaddr general;
  } address{};
  address.specific.sin_family = AF_INET;
  address.specific.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address.specific;
  if (::bind(listening_, &address.general, size) != 0 || ::listen(listening_, 16) != 0 ||
      ::getsockname(listening_, &address.general, &size) != 0)
    throw std::runtime_error("no page server");
  port_ = ntohs(address.specific.sin_port);
}

page_server::~page_server() {
  ::shutdown(listening_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  ::close(listening_);
}

void page_server::serve(std::string html) {
  html_ = std::move(html);
  thread_ = std::thread([this] { run(); });
}

void page_server::run() const {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: " +
      std::to_string(html_.size()) + "\r\n\r\n" + html_;
  for (int client = ::accept(listening_, nullptr, nullptr); client >= 0;
       client = ::accept(listening_, nullptr, nullptr)) {
    char request[16384];
    if (::recv(client, request, sizeof request, 0) > 0)
      (void)::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::close(client);
  }
}

}  // namespace credcached::testing
