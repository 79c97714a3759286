#include "platform/peer_identity.hpp"

#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "platform/unix_socket.hpp"
#include "platform_testing.hpp"

namespace peer_identity_test {

using namespace credcached;
using namespace credcached::platform;
using namespace platform_testing;

namespace {

int connect_to(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? fd : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_peer_identity)

BOOST_AUTO_TEST_CASE(the_kernel_names_this_process) {
  int ends[2];
  BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const platform::peer peer = peer_of_unix_socket(ends[0]);
  BOOST_TEST((peer.transport == platform::peer::kind::local));
  BOOST_TEST(peer.uid == ::geteuid());
  BOOST_TEST(peer.gid == ::getegid());
  BOOST_TEST(peer.pid == ::getpid());
  BOOST_TEST(!peer.groups);  // nobody asked for them
  ::close(ends[0]);
  ::close(ends[1]);
  BOOST_CHECK_THROW(static_cast<void>(peer_of_unix_socket(-1)), std::system_error);
}

BOOST_AUTO_TEST_CASE(the_kernel_names_another_user, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  BOOST_REQUIRE(::chmod(folder.path().c_str(), 0711) == 0);
  config::listener where;
  where.path = folder / "s";
  where.mode = 0666;
  const bound_socket listening = listen_unix(where);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setresgid(nobody, nobody, nobody) != 0 || ::setresuid(1, 1, 1) != 0) ::_exit(1);
    const int fd = connect_to(where.path);
    char byte = 0;
    ::_exit(fd >= 0 && ::read(fd, &byte, 1) == 0 ? 0 : 1);  // until the other end has looked
  }
  pollfd ready{listening.fd(), POLLIN, 0};
  BOOST_REQUIRE(::poll(&ready, 1, 10'000) == 1);
  const int accepted = ::accept4(listening.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  BOOST_REQUIRE(accepted >= 0);
  const platform::peer peer = peer_of_unix_socket(accepted);
  ::close(accepted);
  int status = 1;
  ::waitpid(child, &status, 0);
  BOOST_TEST(status == 0);
  BOOST_TEST(peer.uid == 1U);
  BOOST_TEST(peer.gid == nobody);
  BOOST_TEST(peer.pid == child);
}

BOOST_AUTO_TEST_CASE(the_kernel_names_the_groups_the_process_has, *boost::unit_test::precondition(as_root())) {
  for (const std::size_t count : {0U, 3U, 33U, 500U}) {  // with 33 the first buffer is one too small
    succeeds_in_child([count] {
      std::vector<gid_t> groups(count);
      std::iota(groups.begin(), groups.end(), gid_t{70'000});
      require(::setgroups(groups.size(), groups.data()) == 0, "setgroups");
      int ends[2];
      require(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
      require(groups_of_peer(ends[0]) == groups, std::to_string(count) + " groups");
    });
  }
}

BOOST_AUTO_TEST_CASE(names_and_numbers) {
  BOOST_TEST(uid_of("root").value() == 0U);
  BOOST_TEST(gid_of("root").value() == 0U);
  BOOST_TEST(login_name(0).value().value() == "root");
  BOOST_TEST(primary_group_of(0).value() == 0U);
  BOOST_TEST(uid_of("3999999999").value() == 3'999'999'999U);
  BOOST_TEST(gid_of("0").value() == 0U);
  for (const char* nobody_at_all : {"", "no-such-user-here", "-1", "+1", " 1", "1 ", "0x1", "4294967295", "4294967296",
                                    "99999999999999999999", "root\n"}) {
    BOOST_TEST_CONTEXT(nobody_at_all) {
      BOOST_TEST(!uid_of(nobody_at_all).has_value());
      BOOST_TEST(!gid_of(nobody_at_all).has_value());
    }
  }
  BOOST_TEST_REQUIRE(login_name(3'999'999'999U).has_value());  // the database could be asked
  BOOST_TEST(!login_name(3'999'999'999U).value().has_value());
}

BOOST_AUTO_TEST_CASE(groups_include_the_primary_one) {
  const auto groups = groups_of(0);
  BOOST_TEST((std::find(groups.begin(), groups.end(), gid_t{0}) != groups.end()));
  BOOST_TEST(groups_of(3'999'999'999U).empty());
}

BOOST_AUTO_TEST_CASE(the_executable_of_a_process) {
  BOOST_TEST(executable_of(::getpid()) == std::filesystem::read_symlink("/proc/self/exe").string());
  BOOST_TEST(executable_of(0).empty());
  BOOST_TEST(executable_of(0x7fffffff).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peer_identity_test
