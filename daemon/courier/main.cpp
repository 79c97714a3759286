// credcached-courier: has the network and no keys. It takes one request of the daemon on its standard input, a Unix stream
// socket, does one exchange with a remote host, writes one answer, and ends. docs/courier.md describes it.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "credcache/version.hpp"
#include "exchange.hpp"
#include "outgoing/protocol/bounds.hpp"
#include "request_reader.hpp"

namespace {

namespace asio = boost::asio;
using namespace credcached;
using namespace credcached::courier;
using boost::system::error_code;
using daemon_socket = asio::local::stream_protocol::socket;

constexpr std::chrono::seconds request_phase{2};

// What it was started with counts for nothing (SSL_CERT_FILE, OPENSSL_CONF, RES_OPTIONS); others cannot look into its
// memory; and whatever hangs, it ends.
void harden() {
  ::clearenv();
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  std::signal(SIGPIPE, SIG_IGN);
  ::alarm(static_cast<unsigned>((request_phase + outgoing::whole_exchange).count()));
}

bool is_unix_stream(int fd) {
  int family = 0, type = 0;
  socklen_t size = sizeof family;
  return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_UNIX &&
         ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

// The process ends here: a look-up that still runs on a thread of its own is not waited for.
[[noreturn]] void end(int code) {
  ::_exit(code);
}

asio::awaitable<void> read_request(daemon_socket& daemon, request& into) {
  asio::steady_timer late(daemon.get_executor(), request_phase);
  late.async_wait([](error_code error) {
    if (!error) end(1);
  });
  request_reader reader(into);
  credcache::secret_buffer room;
  room.resize(outgoing::longest_request_header + 1024);
  std::size_t had = 0;
  while (!reader.is_done()) {
    error_code error;
    had += co_await daemon.async_read_some(asio::buffer(room.data() + had, room.size() - had),
                                           asio::redirect_error(asio::use_awaitable, error));
    if (error) end(1);  // the daemon does not wait any more
    for (std::size_t used = 1; had > 0 && used > 0 && !reader.is_done();) {
      used = reader.read({room.data(), had});
      std::memmove(room.data(), room.data() + used, had - used);
      had -= used;
    }
  }
  if (had != 0) throw failure(outgoing::outcome::bad_request, "found bytes behind the request, expected one request");
}

asio::awaitable<void> serve(daemon_socket& daemon) {
  credcache::secret_buffer answer;
  try {
    request asked;
    co_await read_request(daemon, asked);
    // Nothing more comes from the daemon: what can be read is its end, and nobody waits for the answer.
    daemon.async_wait(daemon_socket::wait_read, [](error_code error) {
      if (!error) end(1);
    });
    exchanged done;
    co_await exchange(asked, done);
    answer = answer_text(done);
  } catch (const failure& why) {
    answer = answer_text(why);
  } catch (const std::exception& e) {
    answer =
        answer_text(failure(outgoing::outcome::malformed, std::string("found ") + e.what() + ", expected an answer"));
  }
  daemon.cancel();
  error_code error;
  co_await asio::async_write(daemon, asio::buffer(answer.data(), answer.size()),
                             asio::redirect_error(asio::use_awaitable, error));
  const int code = error ? 1 : 0;
  answer.release();
  daemon.shutdown(daemon_socket::shutdown_both,
                  error);  // whoever else holds this end, the daemon sees that this is all
  end(code);
}

}  // namespace

int main(int count, char** words) {
  harden();
  if (count == 2 && std::strcmp(words[1], "--version") == 0) {
    std::cout << "credcached-courier " CREDCACHE_VERSION_STRING "\n";
    return 0;
  }
  if (count != 1 || !is_unix_stream(STDIN_FILENO)) {
    std::cerr
        << "credcached-courier: found no Unix socket as standard input, expected to be started by credcached or by "
           "credcached-courier.socket\n";
    return 2;
  }
  asio::io_context context(1);
  daemon_socket daemon(context, asio::local::stream_protocol(), STDIN_FILENO);
  asio::co_spawn(context, serve(daemon), asio::detached);
  context.run();
  end(1);
}
