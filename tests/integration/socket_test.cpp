// S6: the socket appears complete, a stale one is reclaimed, a living one never, and its mode is what counts.
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <optional>

#include "peers.hpp"

namespace socket_test {

using namespace credcached::testing;

namespace {

arguments serve(const arguments& flags) {
  arguments command{CREDCACHED_EXECUTABLE, "serve"};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

std::string listener(const std::string& socket, std::string_view more) {
  return "listen: [{address: \"unix:" + socket + "\", " + std::string(more) + "}]\n";
}

/// Whether connect() is let through by the file's owner, group and mode. Nothing if nobody listens.
std::optional<bool> lets_in(identity who, const std::string& socket) {
  const acting_as role(who);
  if (http_client::try_unix(socket)) return true;
  if (errno == EACCES) return false;
  return std::nullopt;
}

bool answers(const std::string& socket) {
  const auto client = http_client::try_unix(socket);
  return client && client->get("/readyz").status == 200;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(socket_file)

BOOST_AUTO_TEST_CASE(a_connector_that_races_the_start_never_sees_it_unfinished) {
  const bool root = ::geteuid() == 0;
  for (int round = 0; round < 20; ++round) {
    const temporary_folder folder;
    const auto socket = folder / "s";
    write_text(folder / "config.yaml",
               listener(socket, root ? "mode: \"0640\", owner: games, group: users" : "mode: \"0640\""));
    const child_process daemon(serve({"--config", folder / "config.yaml"}), {});
    // No pause between two looks: a moment is what this is about.
    const auto end = std::chrono::steady_clock::now() + patience;
    struct stat info {};
    while (::lstat(socket.c_str(), &info) != 0 && std::chrono::steady_clock::now() < end) {
    }
    const auto client = http_client::try_unix(socket);
    const int reason = client ? 0 : errno;
    BOOST_TEST_REQUIRE(S_ISSOCK(info.st_mode));
    BOOST_TEST((info.st_mode & 07777U) == 0640U);
    if (root) BOOST_TEST((info.st_uid == 5 && info.st_gid == 100));
    BOOST_TEST_CONTEXT(std::strerror(reason)) BOOST_TEST_REQUIRE(client != nullptr);
    BOOST_TEST(client->get("/healthz").status == 200);
  }
}

BOOST_AUTO_TEST_CASE(of_two_daemons_started_at_once_exactly_one_serves) {
  for (int round = 0; round < 10; ++round) {
    const temporary_folder folder;
    const auto socket = folder / "s";
    child_process first(serve({"--listen", "unix:" + socket}), {}), second(serve({"--listen", "unix:" + socket}), {});
    BOOST_TEST_REQUIRE(eventually([&] { return answers(socket); }));
    std::optional<int> ended;
    BOOST_TEST_REQUIRE(eventually([&] {
      ended = first.wait(0ms);
      if (!ended) ended = second.wait(0ms);
      return ended.has_value();
    }));
    BOOST_TEST(ended.value_or(-1) == 2);
    BOOST_TEST((!first.wait(0ms) || !second.wait(0ms)));
    BOOST_TEST(answers(socket));
  }
}

BOOST_AUTO_TEST_CASE(a_stale_socket_is_reclaimed_after_a_crash) {
  const temporary_folder folder;
  const auto socket = folder / "s";
  for (int round = 0; round < 3; ++round) {
    child_process daemon(serve({"--listen", "unix:" + socket}), {});
    BOOST_TEST_REQUIRE(eventually([&] { return answers(socket); }));
    daemon.signal(SIGKILL);
    BOOST_TEST(daemon.wait().value_or(-1) == 128 + SIGKILL);
    BOOST_TEST(std::filesystem::is_socket(socket));  // left behind
  }
  child_process last(serve({"--listen", "unix:" + socket}), {});
  BOOST_TEST_REQUIRE(eventually([&] { return answers(socket); }));
  last.signal(SIGTERM);
  BOOST_TEST(last.wait().value_or(-1) == 0);
  BOOST_TEST(!std::filesystem::exists(socket));
}

BOOST_AUTO_TEST_CASE(a_living_socket_is_never_taken) {
  running_daemon own;
  const auto refused = run_cli({"serve", "--listen", "unix:" + own.daemon.socket()});
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(one_line(refused.err));
    BOOST_TEST(contains(refused.err, "already serving " + own.daemon.socket()));
    BOOST_TEST(contains(refused.err, "pid " + std::to_string(own.daemon.pid())));
  }
  BOOST_TEST(own.http.get("/healthz").status == 200);
  BOOST_TEST(own.connect().get("/healthz").status == 200);
}

// Somebody who does not know of our lock, and what is no socket at all.
BOOST_AUTO_TEST_CASE(what_belongs_to_another_program_is_left_alone) {
  const temporary_folder folder;
  const auto socket = folder / "s";
  const int other = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  union {
    sockaddr_un specific;
    sockaddr general;
  } address{};
  address.specific.sun_family = AF_UNIX;
  socket.copy(static_cast<char*>(address.specific.sun_path), sizeof address.specific.sun_path - 1);
  BOOST_TEST_REQUIRE(::bind(other, &address.general, sizeof address.specific) == 0);
  BOOST_TEST_REQUIRE(::listen(other, 1) == 0);
  const auto refused = run_cli({"serve", "--listen", "unix:" + socket});
  BOOST_TEST_CONTEXT(refused) BOOST_TEST((refused.code == 2 && contains(refused.err, "already serving")));
  ::close(other);

  write_text(folder / "file", "precious");
  const auto no_socket = run_cli({"serve", "--listen", "unix:" + (folder / "file")});
  BOOST_TEST_CONTEXT(no_socket) BOOST_TEST((no_socket.code == 2 && contains(no_socket.err, "not a socket")));
  BOOST_TEST(read_text(folder / "file") == "precious");
}

BOOST_AUTO_TEST_CASE(mode_owner_and_group_are_enforced, *boost::unit_test::precondition(as_root())) {
  struct row {
    std::string_view settings;
    std::vector<identity> in, out;
  };
  const identity users_member{7, 100};
  for (const auto& [settings, in, out] :
       std::vector<row>{{"mode: \"0600\"", {{0, 0}}, {games_user, users_member, nobody}},
                        {"mode: \"0600\", owner: games", {games_user}, {users_member, nobody}},
                        {"mode: \"0660\", group: users", {users_member}, {games_user, nobody}},
                        {"mode: \"0660\", owner: games, group: users", {games_user, users_member}, {nobody}},
                        {"mode: \"0666\"", {games_user, users_member, nobody}, {}}}) {
    const passable_folder folder;
    const auto socket = folder / "s";
    write_text(folder / "config.yaml", listener(socket, settings) + "access: [{peer: {uid: 0}}]\n");
    const daemon_process daemon(
        {.flags = {"--config", folder / "config.yaml"}, .socket = socket, .listen_flag = false});
    BOOST_TEST_CONTEXT(settings) {
      for (const auto& who : in) BOOST_TEST_CONTEXT(who.uid) BOOST_TEST(lets_in(who, socket).value_or(false));
      for (const auto& who : out) BOOST_TEST_CONTEXT(who.uid) BOOST_TEST(!lets_in(who, socket).value_or(true));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace socket_test
