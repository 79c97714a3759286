// Whole sessions: the bytes of a client go through a real socket into a real connection, and every answer is read.
//
// The first byte says who the client is: 't' comes over TCP, anything else over the Unix socket. In what follows, 0xFF
// is a pause, by which the daemon has done all it can with what came before, and 0xFE is a pause with a reload. Neither
// is a byte of any text, so that inputs stay readable.
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "expect.hpp"
#include "scene.hpp"

namespace {

using namespace credcached;
using fuzzing::expect;

class session {
 public:
  session() : pool_(context_, scene_, scene_.limits(), [](const platform::peer&) {}) {}

  void run(std::string_view input) {
    scene_.tidy(input);
    const bool tcp = input.starts_with('t');
    if (!input.empty()) input.remove_prefix(1);
    connect(tcp ? scene_.tcp() : scene_.local());
    int reloads = 0;  // there and back: more lead to no other state, and each takes as long as a request
    while (!input.empty()) {
      const std::size_t size = std::min(input.find_first_of("\xff\xfe"), input.size());
      send(input.substr(0, size));
      if (size != input.size() && input[size] == '\xfe' && ++reloads <= 2) scene_.reload();
      input.remove_prefix(std::min(size + 1, input.size()));
    }
    ::shutdown(client_, SHUT_WR);
    settle();
    expect(pool_.size() == 0, "a connection ends with its client");
    ::close(client_);
    scene_.check(received_);
    scene_.check_audit();
  }

 private:
  void connect(const platform::peer& from) {
    int pair[2];
    expect(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0, "there are sockets left");
    client_ = pair[0];
    received_.clear();
    pool_.add(http::connection::socket_type(context_, boost::asio::generic::stream_protocol(AF_UNIX, 0), pair[1]),
              from);
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) break;  // the daemon has ended the connection
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      settle();
    }
    settle();
  }
  // Lets the daemon work and reads what it says, until neither has anything left to do.
  void settle() {
    char buffer[16 * 1024];
    for (bool busy = true; busy;) {
      context_.restart();
      busy = context_.poll() != 0;
      ssize_t got = 0;
      while ((got = ::recv(client_, buffer, sizeof buffer, 0)) > 0) {
        received_.append(buffer, static_cast<std::size_t>(got));
        busy = true;
      }
    }
  }

  fuzzing::scene scene_;
  boost::asio::io_context context_{1};
  http::connection_pool pool_;
  std::string received_;
  int client_ = -1;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static session daemon;
  daemon.run(fuzzing::text_of(data, size));
  return 0;
}
