// The floor: an epoll loop that answers whatever ends in an empty line with the same constant bytes. No parsing at all.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

int fail(const char* what) {
  std::perror(what);
  return 1;
}

int listen_on(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const void* general = &address;
  if (::bind(listener, static_cast<const sockaddr*>(general), sizeof address) != 0 || ::listen(listener, 128) != 0)
    return -1;
  return listener;
}

bool watch(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

/// False if the peer is gone.
bool answer(int connection, std::string_view bytes) {
  std::array<char, 8192> request;
  const auto got = ::recv(connection, request.data(), request.size(), 0);
  if (got <= 0) return false;
  if (!std::string_view(request.data(), static_cast<std::size_t>(got)).ends_with("\r\n\r\n")) return true;
  return ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: epoll_echo SOCKET FILE_WITH_THE_ANSWER\n", stderr);
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) return fail(argv[2]);
  const int listener = listen_on(argv[1]);
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (listener < 0 || epoll < 0 || !watch(epoll, listener)) return fail(argv[1]);

  std::array<epoll_event, 64> events;
  for (;;) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int ready = events[static_cast<std::size_t>(i)].data.fd;
      if (ready == listener) {
        const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection >= 0 && !watch(epoll, connection)) ::close(connection);
      } else if (!answer(ready, bytes)) {
        ::close(ready);
      }
    }
  }
}
