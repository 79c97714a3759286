// Whole sessions: the bytes of a client go through a real socket into a real connection, and every answer is read.
//
// The first byte says who the client is: 't' comes over TCP, anything else over the Unix socket. In what follows, 0xFF
// is a pause, by which the daemon has done all it can with what came before, and 0xFE is a pause with a reload. Neither
// is a byte of any text, so that inputs stay readable.
#include "expect.hpp"
#include "http/connection_pool.hpp"
#include "scene.hpp"

namespace {

using namespace credcached;
using fuzzing::expect;

class session {
 public:
  void run(std::string_view input) {
    scene_.tidy(input);
    const bool tcp = input.starts_with('t');
    if (!input.empty()) input.remove_prefix(1);
    testing::pair_client client;
    pool_.add(
        http::connection::socket_type(context_, boost::asio::generic::stream_protocol(AF_UNIX, 0), client.peer_end),
        tcp ? scene_.tcp() : scene_.local());
    std::string received;
    int reloads = 0;  // there and back: more lead to no other state, and each takes as long as a request
    while (!input.empty()) {
      const std::size_t size = std::min(input.find_first_of("\xff\xfe"), input.size());
      client.send(input.substr(0, size));  // not all of it if the daemon has ended the connection
      received += receive(client);
      if (size != input.size() && input[size] == '\xfe' && ++reloads <= 2) scene_.reload();
      input.remove_prefix(std::min(size + 1, input.size()));
    }
    client.end();
    received += receive(client);
    expect(pool_.size() == 0, "a connection ends with its client");
    scene_.check(received);
    scene_.check_audit();
  }

 private:
  // Lets the daemon work and reads what it says, until it has nothing left to say.
  std::string receive(testing::pair_client& client) {
    std::string all;
    for (;;) {
      testing::settle(context_);
      const std::string piece = client.receive();
      if (piece.empty()) return all;
      all += piece;
    }
  }

  fuzzing::scene scene_;
  boost::asio::io_context context_{1};
  http::connection_pool pool_{context_, scene_, scene_.memory(), [](const platform::peer&) {}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static session daemon;
  daemon.run(fuzzing::text_of(data, size));
  return 0;
}
