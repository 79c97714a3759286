#include "platform/systemd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "base/unique_fd.hpp"
#include "platform/tcp_socket.hpp"
#include "platform/unix_socket.hpp"
#include "platform_testing.hpp"

namespace systemd_test {

using namespace credcached;
using namespace credcached::platform;
using namespace platform_testing;

namespace {

// Puts `fds` where systemd would: at 3 and above, blocking, open across exec.
void hand_over(const std::vector<int>& fds, const std::string& count) {
  std::vector<int> high;
  for (const int fd : fds) high.push_back(::fcntl(fd, F_DUPFD, 100));
  for (std::size_t i = 0; i < high.size(); ++i) {
    const int target = 3 + static_cast<int>(i);
    require(::dup2(high[i], target) == target, "dup2");
    ::fcntl(target, F_SETFL, ::fcntl(target, F_GETFL) & ~O_NONBLOCK);
  }
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", count.c_str(), 1);
  ::setenv("LISTEN_FDNAMES", "a:b", 1);
}

bool environment_is_clean() {
  return ::getenv("LISTEN_PID") == nullptr && ::getenv("LISTEN_FDS") == nullptr &&
         ::getenv("LISTEN_FDNAMES") == nullptr;
}

std::string complaint_about(int fd) {
  return in_child([fd] {
           hand_over({fd}, "1");
           static_cast<void>(take_listen_sockets());
         })
      .text;
}

credcache::unique_fd tcp_on(const char* host) {
  credcache::unique_fd made{::socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, host, &address.sin_addr);
  BOOST_REQUIRE(::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  BOOST_REQUIRE(::listen(made.get(), 1) == 0);
  return made;
}

// What arrives at a datagram socket of that name when the child says `state`.
std::string notified(const std::string& name, std::string_view state) {
  const credcache::unique_fd manager{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  BOOST_REQUIRE(::bind(manager.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
  succeeds_in_child([&] {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    notify(state);
  });
  char text[256];
  const ssize_t got = ::recv(manager.get(), text, sizeof text, 0);
  return got < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(got));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_systemd)

BOOST_AUTO_TEST_CASE(takes_the_sockets_in_order) {
  const temporary_folder folder;
  config::listener where;
  where.path = folder / "s";
  const bound_socket local = listen_unix(where);
  const credcache::unique_fd tcp = tcp_on("127.0.0.1");
  succeeds_in_child([&] {
    const auto port = bound_port(tcp.get());
    hand_over({local.fd(), tcp.get()}, "2");
    const auto taken = take_listen_sockets();
    require(taken == std::vector<int>({3, 4}), "the descriptors");
    require(bound_port(4) == port, "their order");
    for (const int fd : taken) {
      require((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "closed on exec");
      require((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, "non-blocking");
    }
    require(environment_is_clean(), "the environment");
    require(take_listen_sockets().empty(), "taken once");
  });
}

BOOST_AUTO_TEST_CASE(what_is_meant_for_another_process_is_left_alone) {
  succeeds_in_child([] {
    require(take_listen_sockets().empty(), "nothing set");
    ::setenv("LISTEN_PID", std::to_string(::getppid()).c_str(), 1);
    ::setenv("LISTEN_FDS", "1", 1);
    require(take_listen_sockets().empty(), "for the parent");
    require(environment_is_clean(), "the environment");
    hand_over({}, "0");
    require(take_listen_sockets().empty(), "zero sockets");
  });
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_serve) {
  for (const char* count : {"-1", "x", "1025", "99999999999"}) {
    const auto result = in_child([&] {
      hand_over({}, count);
      static_cast<void>(take_listen_sockets());
    });
    BOOST_TEST(contains(result.text, "found LISTEN_FDS=" + std::string(count)), result.text);
  }
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const credcache::unique_fd in{ends[0]}, out{ends[1]};
  BOOST_TEST(contains(complaint_about(in.get()), "descriptor 3: found something that is not a socket"));
  const credcache::unique_fd datagram{::socket(AF_UNIX, SOCK_DGRAM, 0)};
  BOOST_TEST(contains(complaint_about(datagram.get()), "not a stream"));
  const credcache::unique_fd deaf{::socket(AF_UNIX, SOCK_STREAM, 0)};
  BOOST_TEST(contains(complaint_about(deaf.get()), "does not listen"));
  const credcache::unique_fd open_to_all = tcp_on("0.0.0.0");
  BOOST_TEST(contains(complaint_about(open_to_all.get()), "other machines can reach"));
  const auto closed = in_child([] {
    ::close(3);
    hand_over({}, "1");
    static_cast<void>(take_listen_sockets());
  });
  BOOST_TEST(contains(closed.text, "found a closed descriptor, expected a listening stream socket"), closed.text);
}

BOOST_AUTO_TEST_CASE(notifies_paths_and_abstract_names) {
  const temporary_folder folder;
  BOOST_TEST(notified(folder / "notify", "READY=1\nSTATUS=Serving.") == "READY=1\nSTATUS=Serving.");
  BOOST_TEST(notified("@" + (folder / "notify"), "WATCHDOG=1") == "WATCHDOG=1");
}

BOOST_AUTO_TEST_CASE(a_manager_that_is_not_there_does_not_matter) {
  succeeds_in_child([] {
    ::unsetenv("NOTIFY_SOCKET");
    notify("READY=1");
    for (const std::string& name : {std::string(), std::string("/"), std::string("/nowhere/at/all"),
                                    std::string("vsock:2:1"), "/" + std::string(200, 'x')}) {
      ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
      notify("READY=1");
    }
  });
}

BOOST_AUTO_TEST_CASE(the_watchdog_interval) {
  succeeds_in_child([] {
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    require(!watchdog_interval(), "not set");
    ::setenv("WATCHDOG_USEC", "20000000", 1);
    require(watchdog_interval() == std::chrono::seconds(20), "without a pid");
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    require(watchdog_interval() == std::chrono::seconds(20), "ours");
    ::setenv("WATCHDOG_PID", std::to_string(::getppid()).c_str(), 1);
    require(!watchdog_interval(), "our parent's");
    ::unsetenv("WATCHDOG_PID");
    for (const char* wrong : {"0", "-5", "", "1s"}) {
      ::setenv("WATCHDOG_USEC", wrong, 1);
      require(!watchdog_interval(), wrong);
    }
  });
}

BOOST_AUTO_TEST_CASE(the_folder_of_credentials) {
  succeeds_in_child([] {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    require(!credentials_directory(), "not set");
    ::setenv("CREDENTIALS_DIRECTORY", "", 1);
    require(!credentials_directory(), "empty");
    ::setenv("CREDENTIALS_DIRECTORY", "relative", 1);
    require(!credentials_directory(), "relative");
    ::setenv("CREDENTIALS_DIRECTORY", "/run/credentials/credcached.service", 1);
    require(credentials_directory() == "/run/credentials/credcached.service", "set");
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace systemd_test
