// The floor: an epoll loop that answers whatever ends in an empty line with the same constant bytes. No parsing at all.
// With a third argument it opens one sealed record of so many bytes before each answer, as a resolve has to.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/cipher.hpp"

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

/// A record of zeros, sealed under a key of its own, and the cipher that opens it again and again.
class sealed_record {
 public:
  explicit sealed_record(std::size_t size)
      : cipher_(credcache::master_key::random()), plaintext_(size, '\0'), sealed_(size + credcache::cipher::overhead) {
    cipher_.seal(plaintext_, associated_data, sealed_);
  }
  [[nodiscard]] bool open() { return cipher_.open(sealed_, associated_data, plaintext_.data()); }

 private:
  static constexpr std::string_view associated_data = "aws|default|variables|ACCESS_KEY|user|alice|1234567890123456789";
  credcache::cipher cipher_;
  std::string plaintext_;
  std::vector<unsigned char> sealed_;
};

/// False if the peer is gone, or if the record did not open.
bool answer(int connection, std::string_view bytes, std::optional<sealed_record>& record) {
  std::array<char, 8192> request;
  const auto got = ::recv(connection, request.data(), request.size(), 0);
  if (got <= 0) return false;
  if (!std::string_view(request.data(), static_cast<std::size_t>(got)).ends_with("\r\n\r\n")) return true;
  if (record && !record->open()) return false;
  return ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fputs("usage: epoll_echo SOCKET FILE_WITH_THE_ANSWER [SIZE_OF_THE_RECORD_TO_OPEN]\n", stderr);
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) return fail(argv[2]);
  std::optional<sealed_record> record;
  if (argc == 4) record.emplace(std::stoul(argv[3]));
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
      } else if (!answer(ready, bytes, record)) {
        ::close(ready);
      }
    }
  }
}
