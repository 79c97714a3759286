#include "server/listening_sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "config/listener.hpp"
#include "platform/tcp_socket.hpp"
#include "platform_testing.hpp"

namespace listening_sockets_test {

using namespace credcached;
using namespace platform_testing;
using server::open_listening_sockets;

namespace {

// What systemd hands over: a socket bound under its own name. The result of the function under test closes it.
int socket_of_systemd(const std::string& path, mode_t mode = 0600) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path.front() == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  BOOST_TEST_REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  BOOST_TEST_REQUIRE(::listen(fd, 1) == 0);
  if (path.front() == '/') BOOST_TEST_REQUIRE(::chmod(path.c_str(), mode) == 0);
  return fd;
}

config::listener entry(const std::string& address) {
  return config::parse_listener(address);
}

std::string addresses(const server::listening_sockets& opened) {
  std::string text;
  for (const auto& socket : opened.sockets) text.append(config::to_string(socket.listener)).append(" ");
  return text;
}

bool is_listening(int fd) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(listening_sockets)

BOOST_AUTO_TEST_CASE(a_configured_unix_path_that_was_handed_over_is_that_socket) {
  const temporary_folder folder;
  const int fd = socket_of_systemd(folder / "s");
  const auto opened = open_listening_sockets({fd}, {entry("unix:" + (folder / "s"))});
  BOOST_TEST(addresses(opened) == "unix:" + (folder / "s") + " ");
  BOOST_TEST(opened.sockets.front().descriptor.get() == fd);
  BOOST_TEST(opened.bound.empty());
  BOOST_TEST(opened.warnings.empty());
  BOOST_TEST(!std::filesystem::exists(folder / "s.lock"));
}

BOOST_AUTO_TEST_CASE(symbolic_links_and_dots_do_not_make_another_socket) {
  const temporary_folder folder;
  std::filesystem::create_directory(folder / "run");
  std::filesystem::create_directory_symlink(folder / "run", folder / "var_run");
  std::filesystem::create_symlink(folder / "run/s", folder / "alias");
  for (const std::string path : {"/var_run/s", "/run/../run/./s", "/alias"}) {
    const int fd = socket_of_systemd(folder / "run/s");
    const auto opened = open_listening_sockets({fd}, {entry("unix:" + folder.path().string() + path)});
    BOOST_TEST(addresses(opened) == "unix:" + (folder / "run/s") + " ", path);
    std::filesystem::remove(folder / "run/s");
  }
}

BOOST_AUTO_TEST_CASE(a_handed_over_socket_whose_file_has_gone_is_still_that_socket) {
  const temporary_folder folder;
  const int fd = socket_of_systemd(folder / "s");
  std::filesystem::remove(folder / "s");
  BOOST_TEST(open_listening_sockets({fd}, {entry("unix:" + (folder / "s"))}).sockets.size() == 1);
}

BOOST_AUTO_TEST_CASE(other_addresses_are_opened_besides) {
  const temporary_folder folder;
  const int fd = socket_of_systemd(folder / "s");
  const auto opened = open_listening_sockets({fd}, {entry("unix:" + (folder / "t")), entry("tcp:127.0.0.1:0")});
  BOOST_TEST_REQUIRE(opened.sockets.size() == 3);
  BOOST_TEST_REQUIRE(opened.bound.size() == 1);
  BOOST_TEST(opened.bound.front().path() == folder / "t");
  for (const auto& socket : opened.sockets) BOOST_TEST(is_listening(socket.descriptor.get()));
  BOOST_TEST(opened.sockets.back().listener.port != 0);
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_opened_is_refused_and_nothing_stays_open) {
  const temporary_folder folder;
  const int fd = socket_of_systemd(folder / "s");
  write_text(folder / "t", "no socket", 0600);
  const auto text = refusal([&] {
    static_cast<void>(open_listening_sockets({fd}, {entry("tcp:127.0.0.1:0"), entry("unix:" + (folder / "t"))}));
  });
  BOOST_TEST(contains(text, folder / "t: found something that is not a socket"), text);
  BOOST_TEST(!is_listening(fd));
}

BOOST_AUTO_TEST_CASE(a_second_entry_with_the_same_address_is_refused) {
  const temporary_folder folder;
  const int fd = socket_of_systemd(folder / "s");
  const auto same = entry("unix:" + (folder / "s"));
  const auto text = refusal([&] { static_cast<void>(open_listening_sockets({fd}, {same, same})); });
  BOOST_TEST(contains(text, "is already serving"), text);
}

BOOST_AUTO_TEST_CASE(tcp_is_compared_by_host_and_port) {
  for (const std::string host : {"127.0.0.1", "127.0.0.2", "[::1]"}) {
    auto first = open_listening_sockets({}, {entry("tcp:" + host + ":0")});
    const std::string address = config::to_string(first.sockets.front().listener);
    auto configured = entry(address);
    if (host == "[::1]") configured.host = "0:0:0:0:0:0:0:1";
    configured.trust_proxy = true;
    configured.hosts = {"cache.example"};
    const auto opened = open_listening_sockets({first.sockets.front().descriptor.release()}, {configured});
    BOOST_TEST(addresses(opened) == address + " ");
    BOOST_TEST(opened.sockets.front().listener.trust_proxy);
    BOOST_TEST(opened.sockets.front().listener.hosts == configured.hosts, boost::test_tools::per_element());
  }
  auto first = open_listening_sockets({}, {entry("tcp:127.0.0.1:0")});
  auto other = first.sockets.front().listener;
  other.host = "127.0.0.2";
  const auto opened = open_listening_sockets({first.sockets.front().descriptor.release()}, {other});
  BOOST_TEST(opened.sockets.size() == 2);
}

BOOST_AUTO_TEST_CASE(what_the_socket_unit_decides_otherwise_is_said) {
  const temporary_folder folder;
  const int fd = socket_of_systemd(folder / "s", 0660);
  auto configured = entry("unix:" + (folder / "s"));
  configured.owner = "4242";
  configured.group = "no-such-group";
  const auto opened = open_listening_sockets({fd}, {configured});
  BOOST_TEST_REQUIRE(opened.warnings.size() == 1);
  const std::string& warning = opened.warnings.front();
  BOOST_TEST(contains(warning, "found mode 0660, owner uid " + std::to_string(::geteuid()) + ", group gid "), warning);
  BOOST_TEST(contains(warning, "expected mode 0600, owner 4242, group no-such-group as configured"), warning);
  BOOST_TEST(contains(warning, "SocketMode="), warning);
}

BOOST_AUTO_TEST_CASE(the_mode_owner_and_group_of_the_socket_unit_may_be_repeated) {
  const temporary_folder folder;
  const int fd = socket_of_systemd(folder / "s", 0660);
  auto configured = entry("unix:" + (folder / "s"));
  configured.mode = 0660;
  configured.owner = std::to_string(::geteuid());
  configured.group = std::to_string(::getegid());
  BOOST_TEST(open_listening_sockets({fd}, {configured}).warnings.empty());
}

BOOST_AUTO_TEST_CASE(an_abstract_name_is_served_and_shown_as_systemd_writes_it) {
  const temporary_folder folder;
  const int fd = socket_of_systemd("@" + (folder / "s"));
  BOOST_TEST(addresses(open_listening_sockets({fd}, {})) == "unix:@" + (folder / "s") + " ");
}

BOOST_AUTO_TEST_CASE(without_any_address_the_default_socket_is_opened) {
  const temporary_folder folder;
  succeeds_in_child([&] {
    ::setenv("CREDCACHED_SOCKET", (folder / "s").c_str(), 1);
    require(addresses(open_listening_sockets({}, {})) == "unix:" + (folder / "s") + " ", "the default");
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace listening_sockets_test
