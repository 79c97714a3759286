#include "platform/unix_socket.hpp"

#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <optional>
#include <thread>
#include <vector>

#include "platform_testing.hpp"

namespace unix_socket_test {

using namespace credcached;
using namespace credcached::platform;
using namespace platform_testing;

namespace {

config::listener at(const std::string& path, mode_t mode = 0600) {
  config::listener where;
  where.path = path;
  where.mode = mode;
  return where;
}

// errno of the attempt to connect, 0 for success.
int connect_error(const std::string& path) {
  const credcache::unique_fd client{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return ::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

// A socket as another program would make it, without our lock.
credcache::unique_fd foreign_socket(const std::string& path, bool listening) {
  credcache::unique_fd made{::socket(AF_UNIX, SOCK_STREAM, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  BOOST_REQUIRE(::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  if (listening) BOOST_REQUIRE(::listen(made.get(), 1) == 0);
  return made;
}

std::optional<struct stat> examine(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? std::optional(info) : std::nullopt;
}

mode_t mode_of(const std::string& path) {
  return examine(path).value().st_mode & 07777U;
}

std::string refusal_at(const config::listener& where) {
  return refusal([&] { static_cast<void>(listen_unix(where)); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_unix_socket)

BOOST_AUTO_TEST_CASE(has_its_mode_whatever_the_umask_is) {
  const temporary_folder folder;
  for (const mode_t umask : {0U, 022U, 077U, 0777U}) {
    for (const mode_t mode : {0600U, 0660U, 0666U}) {
      const mode_t before = ::umask(umask);
      const bound_socket listening = listen_unix(at(folder / "s", mode));
      ::umask(before);
      BOOST_TEST(mode_of(folder / "s") == mode);
      BOOST_TEST(connect_error(folder / "s") == 0);
      BOOST_TEST((::fcntl(listening.fd(), F_GETFD) & FD_CLOEXEC) != 0);
      BOOST_TEST((::fcntl(listening.fd(), F_GETFL) & O_NONBLOCK) != 0);
      BOOST_TEST(!examine(folder / "s~"));
    }
  }
}

BOOST_AUTO_TEST_CASE(has_its_owner_and_group, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  auto where = at(folder / "s", 0660);
  where.owner = "nobody";
  where.group = "1";
  const bound_socket listening = listen_unix(where);
  const auto info = examine(folder / "s").value();
  BOOST_TEST(info.st_uid == nobody);
  BOOST_TEST(info.st_gid == 1U);
  BOOST_TEST((info.st_mode & 07777U) == 0660U);
}

BOOST_AUTO_TEST_CASE(an_owner_that_cannot_be_given_is_refused, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  BOOST_REQUIRE(::chown(folder.path().c_str(), nobody, nobody) == 0);
  succeeds_in_child([&] {
    become_nobody();
    auto where = at(folder / "s");
    where.owner = "root";
    const std::string message = refusal_at(where);
    require(contains(message, "cannot be given to root") && contains(message, "start as root"), message);
    require(!examine(folder / "s") && !examine(folder / "s~"), "nothing is left behind");
  });
}

BOOST_AUTO_TEST_CASE(an_unknown_group_is_refused) {
  const temporary_folder folder;
  auto where = at(folder / "s");
  where.group = "no-such-group-here";
  const std::string message = refusal_at(where);
  BOOST_TEST(contains(message, "found group \"no-such-group-here\", expected one this system knows"), message);
  BOOST_TEST(!examine(folder / "s~"));
}

// S6: from the first moment that the path exists it has its final mode and answers.
BOOST_AUTO_TEST_CASE(a_racing_connector_never_sees_it_unfinished) {
  const temporary_folder folder;
  const mode_t before = ::umask(0);
  int wrong_mode = 0, not_listening = 0;
  for (int round = 0; round < 400; ++round) {
    const std::string path = folder / std::to_string(round);
    std::thread connector([&, look_first = round % 2 == 0] {
      std::optional<struct stat> seen;
      int error = ENOENT;
      while (look_first && !(seen = examine(path))) ::sched_yield();
      while ((error = connect_error(path)) == ENOENT) ::sched_yield();
      if (!look_first) seen = examine(path);
      if ((seen->st_mode & 07777U) != 0640U) ++wrong_mode;
      if (error != 0) ++not_listening;
    });
    const bound_socket listening = listen_unix(at(path, 0640));
    connector.join();
  }
  ::umask(before);
  BOOST_TEST(wrong_mode == 0);
  BOOST_TEST(not_listening == 0);
}

BOOST_AUTO_TEST_CASE(another_user_never_slips_in, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  BOOST_REQUIRE(::chmod(folder.path().c_str(), 0711) == 0);
  const std::string path = folder / "s", prepared = folder / "s~";
  int stop[2];
  BOOST_REQUIRE(::pipe2(stop, O_NONBLOCK) == 0);
  const pid_t intruder = ::fork();
  if (intruder == 0) {
    ::close(stop[1]);
    if (::setresgid(nobody, nobody, nobody) != 0 || ::setresuid(nobody, nobody, nobody) != 0) ::_exit(2);
    char byte = 0;
    int found = 0;
    while (::read(stop[0], &byte, 1) != 0) {
      if (connect_error(path) == 0 || connect_error(prepared) == 0) found |= 1;
      // Whoever passes this check too early gets in once somebody listens.
      if (const auto info = examine(prepared); info && (info->st_mode & 077U) != 0) found |= 2;
    }
    ::_exit(found);
  }
  const mode_t before = ::umask(0);
  for (int round = 0; round < 500; ++round) static_cast<void>(listen_unix(at(path)));
  ::umask(before);
  ::close(stop[1]);
  int status = 1;
  ::waitpid(intruder, &status, 0);
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(a_stale_socket_is_reclaimed) {
  const temporary_folder folder;
  static_cast<void>(foreign_socket(folder / "s", true));
  BOOST_TEST(connect_error(folder / "s") == ECONNREFUSED);
  const bound_socket listening = listen_unix(at(folder / "s"));
  BOOST_TEST(connect_error(folder / "s") == 0);
}

BOOST_AUTO_TEST_CASE(what_a_killed_daemon_leaves_is_reclaimed) {
  const temporary_folder folder;
  static_cast<void>(foreign_socket(folder / "s~", false));  // killed before its socket was complete
  const auto killed = in_child([&] {
    const bound_socket listening = listen_unix(at(folder / "s"));
    ::kill(::getpid(), SIGKILL);
  });
  BOOST_TEST(WIFSIGNALED(killed.status));
  BOOST_TEST(connect_error(folder / "s") == ECONNREFUSED);
  const bound_socket listening = listen_unix(at(folder / "s"));
  BOOST_TEST(connect_error(folder / "s") == 0);
  BOOST_TEST(!examine(folder / "s~"));
}

BOOST_AUTO_TEST_CASE(a_living_daemon_keeps_its_socket) {
  const temporary_folder folder;
  const bound_socket first = listen_unix(at(folder / "s"));
  const auto before = examine(folder / "s").value();
  const std::string expected = "another credcached (pid " + std::to_string(::getpid()) + ") is already serving " +
                               (folder / "s") + ": stop it or choose another --listen";
  BOOST_TEST(refusal_at(at(folder / "s")) == expected);
  succeeds_in_child([&] { require(refusal_at(at(folder / "s")) == expected, refusal_at(at(folder / "s"))); });
  BOOST_TEST(examine(folder / "s").value().st_ino == before.st_ino);
  BOOST_TEST(connect_error(folder / "s") == 0);
}

BOOST_AUTO_TEST_CASE(a_lock_counts_even_without_the_socket) {
  const temporary_folder folder;
  const bound_socket first = listen_unix(at(folder / "s"));
  BOOST_REQUIRE(::unlink((folder / "s").c_str()) == 0);
  BOOST_TEST(refusal_at(at(folder / "s")) ==
             "another credcached is already serving " + (folder / "s") + ": stop it or choose another --listen");
}

BOOST_AUTO_TEST_CASE(a_living_stranger_keeps_its_socket) {
  const temporary_folder folder;
  const credcache::unique_fd stranger = foreign_socket(folder / "s", true);
  const std::string message = refusal_at(at(folder / "s"));
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  BOOST_TEST(message.starts_with(self + " (pid " + std::to_string(::getpid()) + ") is already serving"), message);
  for (int i = 0; i < 4; ++i) static_cast<void>(refusal_at(at(folder / "s")));
  BOOST_TEST(connect_error(folder / "s") == EAGAIN);
  BOOST_TEST(contains(refusal_at(at(folder / "s")), "another process is already serving"));
  BOOST_TEST(examine(folder / "s").has_value());
}

BOOST_AUTO_TEST_CASE(of_racing_starters_one_wins) {
  const temporary_folder folder;
  for (int round = 0; round < 25; ++round) {
    if (round % 2 == 0) static_cast<void>(foreign_socket(folder / "s", true));  // stale
    int go[2], won[2], hold[2];
    BOOST_REQUIRE(::pipe(go) == 0 && ::pipe(won) == 0 && ::pipe(hold) == 0);
    std::vector<pid_t> starters;
    for (int i = 0; i < 6; ++i) {
      starters.push_back(::fork());
      if (starters.back() != 0) continue;
      ::close(go[1]);
      ::close(hold[1]);
      char byte = 0;
      if (::read(go[0], &byte, 1) != 0) ::_exit(1);
      std::optional<bound_socket> mine;
      char result = 'w';
      const std::string message = refusal([&] { mine.emplace(listen_unix(at(folder / "s"))); });
      if (!message.empty()) result = contains(message, "is already serving") ? 'l' : '?';
      if (::write(won[1], &result, 1) != 1 || ::read(hold[0], &byte, 1) != 0) ::_exit(1);
      mine.reset();
      ::_exit(0);
    }
    ::close(go[0]);
    ::close(go[1]);
    std::string results;
    while (results.size() < starters.size()) {
      char byte = 0;
      BOOST_REQUIRE(::read(won[0], &byte, 1) == 1);
      results += byte;
    }
    BOOST_TEST(std::count(results.begin(), results.end(), 'w') == 1, results);
    BOOST_TEST(std::count(results.begin(), results.end(), 'l') == 5, results);
    BOOST_TEST(connect_error(folder / "s") == 0);
    for (const int fd : {won[0], won[1], hold[0], hold[1]}) ::close(fd);
    for (const pid_t starter : starters) ::waitpid(starter, nullptr, 0);
    BOOST_TEST(!examine(folder / "s"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_is_never_removed) {
  const temporary_folder folder;
  write_text(folder / "file", "precious", 0600);
  BOOST_REQUIRE(::mkdir((folder / "folder").c_str(), 0700) == 0);
  BOOST_REQUIRE(::symlink("nowhere", (folder / "link").c_str()) == 0);
  write_text(folder / "prepared~", "precious", 0600);
  for (const char* name : {"file", "folder", "link", "prepared"}) {
    const std::string message = refusal_at(at(folder / name));
    BOOST_TEST(contains(message, "found something that is not a socket"), name << ": " << message);
  }
  BOOST_TEST(read_text(folder / "file") == "precious");
  BOOST_TEST(read_text(folder / "prepared~") == "precious");
  BOOST_TEST(std::filesystem::is_directory(folder / "folder"));
  BOOST_TEST(std::filesystem::is_symlink(folder / "link"));
}

BOOST_AUTO_TEST_CASE(the_last_folder_is_made) {
  const temporary_folder folder;
  const mode_t before = ::umask(0);
  static_cast<void>(listen_unix(at(folder / "private/s")));
  static_cast<void>(listen_unix(at(folder / "shared/s", 0660)));
  ::umask(before);
  BOOST_TEST(mode_of(folder / "private") == 0700U);
  BOOST_TEST(mode_of(folder / "shared") == 0711U);  // else the group of the socket could not reach it
  const std::string message = refusal_at(at(folder / "a/b/s"));
  BOOST_TEST(contains(message, "directory " + (folder / "a/b") + " cannot be made: No such file"), message);
  BOOST_TEST(!examine(folder / "a"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_write_to_is_refused) {
  const temporary_folder folder;
  for (const mode_t mode : {0770U, 0707U, 0777U}) {
    BOOST_REQUIRE(::chmod(folder.path().c_str(), mode) == 0);
    const std::string message = refusal_at(at(folder / "s"));
    BOOST_TEST(contains(message, "found mode 0" + std::string(mode == 0770U   ? "770"
                                                              : mode == 0707U ? "707"
                                                                              : "777")),
               message);
    BOOST_TEST(contains(message, "chmod go-w"), message);
  }
  BOOST_REQUIRE(::chmod(folder.path().c_str(), 01777) == 0);
  const bound_socket listening = listen_unix(at(folder / "s"));
  BOOST_TEST(mode_of(folder.path().string()) == 01777U);
}

BOOST_AUTO_TEST_CASE(somebody_elses_folder_is_refused, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  BOOST_REQUIRE(::mkdir((folder / "theirs").c_str(), 0700) == 0);
  BOOST_REQUIRE(::chown((folder / "theirs").c_str(), nobody, nobody) == 0);
  BOOST_REQUIRE(::mkdir((folder / "ours").c_str(), 0700) == 0);
  BOOST_REQUIRE(::symlink("ours", (folder / "their-link").c_str()) == 0);
  BOOST_REQUIRE(::lchown((folder / "their-link").c_str(), nobody, nobody) == 0);
  BOOST_REQUIRE(::symlink("ours", (folder / "our-link").c_str()) == 0);
  for (const char* name : {"theirs", "their-link"}) {
    const std::string message = refusal_at(at(folder / name + "/s"));
    BOOST_TEST(contains(message, "found owner uid 65534, expected uid 0 or root"), message);
  }
  const bound_socket listening = listen_unix(at(folder / "our-link/s"));
  BOOST_TEST(connect_error(folder / "ours/s") == 0);
}

BOOST_AUTO_TEST_CASE(the_longest_path_works_and_a_longer_one_is_refused) {
  const temporary_folder folder;
  const std::string longest = folder / std::string(107 - folder.path().string().size() - 1, 'x');
  const bound_socket listening = listen_unix(at(longest));
  BOOST_TEST(connect_error(longest) == 0);
  const std::string message = refusal_at(at(longest + "x"));
  BOOST_TEST(contains(message, "found a path of 108 bytes, expected at most 107"), message);
  for (const char* path : {"", "s", "/tmp/"}) BOOST_TEST(contains(refusal_at(at(path)), "expected the absolute path"));
}

BOOST_AUTO_TEST_CASE(removes_its_own_socket_and_no_other) {
  const temporary_folder folder;
  { const bound_socket listening = listen_unix(at(folder / "s")); }
  BOOST_TEST(!examine(folder / "s"));
  {
    const bound_socket listening = listen_unix(at(folder / "s"));
    BOOST_REQUIRE(::unlink((folder / "s").c_str()) == 0);
    write_text(folder / "s", "somebody else's", 0600);
  }
  BOOST_TEST(read_text(folder / "s") == "somebody else's");
}

BOOST_AUTO_TEST_CASE(moves_with_its_path_and_gives_its_descriptor_away) {
  const temporary_folder folder;
  std::optional<bound_socket> second;
  {
    bound_socket first = listen_unix(at(folder / "s"));
    second.emplace(std::move(first));
  }
  BOOST_TEST(connect_error(folder / "s") == 0);
  BOOST_TEST(second->path() == folder / "s");
  bound_socket other = listen_unix(at(folder / "other"));
  *second = std::move(other);  // the first socket ends here
  BOOST_TEST(!examine(folder / "s"));
  BOOST_TEST(connect_error(folder / "other") == 0);
  const credcache::unique_fd given{second->release()};
  BOOST_TEST(second->fd() == -1);
  BOOST_TEST(connect_error(folder / "other") == 0);
  second.reset();
  BOOST_TEST(!examine(folder / "other"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace unix_socket_test
