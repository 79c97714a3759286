// The daemon as a systemd service: sockets handed over, readiness told, units that systemd understands.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/split.hpp>
#include <cstring>

#include "scenario.hpp"

namespace systemd_test {

using namespace credcached::testing;

namespace {

bool installed(const std::string& command) {
  return run({"/bin/sh", "-c", "command -v " + command}).code == 0;
}

/// The other end of NOTIFY_SOCKET.
class notifications {
 public:
  explicit notifications(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    union {
      sockaddr_un specific;
      sockaddr general;
    } address{};
    address.specific.sun_family = AF_UNIX;
    std::memcpy(address.specific.sun_path, path.c_str(), path.size() + 1);
    BOOST_TEST_REQUIRE(::bind(socket_, &address.general, sizeof address.specific) == 0);
  }
  ~notifications() { ::close(socket_); }
  notifications(const notifications&) = delete;
  notifications& operator=(const notifications&) = delete;

  /// Waits until a message has `line` among its lines.
  bool told(std::string_view line) {
    return eventually([&] {
      pollfd waiting{socket_, POLLIN, 0};
      char block[4096];
      while (::poll(&waiting, 1, 0) > 0) {
        const auto count = ::recv(socket_, block, sizeof block, 0);
        if (count <= 0) break;
        all_.append("\n").append(block, static_cast<std::size_t>(count)).append("\n");
      }
      return contains(all_, "\n" + std::string(line) + "\n");
    });
  }

 private:
  int socket_;
  std::string all_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(systemd)

BOOST_AUTO_TEST_CASE(readiness_and_stop_are_told) {
  const temporary_folder folder;
  notifications manager(folder / "notify");
  daemon_process daemon({.env = {{"NOTIFY_SOCKET", folder / "notify"}}});
  BOOST_TEST(manager.told("READY=1"));
  daemon.signal(SIGTERM);
  BOOST_TEST(manager.told("STOPPING=1"));
  BOOST_TEST(daemon.wait().value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(a_socket_of_systemd_is_served_from_its_first_connection) {
  if (!installed("systemd-socket-activate"))
    return skip("socket activation", "systemd-socket-activate is not installed");
  const temporary_folder folder;
  const auto socket = folder / "activated";
  child_process activator({"systemd-socket-activate", "--listen=" + socket, "--setenv=HW_ACCESS_KEY=from-unit",
                           CREDCACHED_EXECUTABLE, "serve"},
                          {});
  std::unique_ptr<http_client> first;
  BOOST_TEST_REQUIRE(eventually([&] { return (first = http_client::try_unix(socket)) != nullptr; }));
  BOOST_TEST(first->get("/readyz").status == 200);
  BOOST_TEST(first->post(users, text(aws())).status == 204);
  BOOST_TEST(http_client::unix_socket(socket).get("/v1/resolve?csp=aws").status == 200);
  const auto status = first->get("/v1/status").json();
  BOOST_TEST(status.at("pid").as_int64() == activator.pid());
  BOOST_TEST_CONTEXT(text(status)) BOOST_TEST(contains(text(status.at("listeners")), socket));
  activator.signal(SIGTERM);
  BOOST_TEST(activator.wait().value_or(-1) == 0);
  BOOST_TEST(std::filesystem::exists(socket));  // it belongs to systemd, not to the daemon
}

BOOST_AUTO_TEST_CASE(a_configured_address_that_systemd_has_opened_is_that_socket) {
  if (!installed("systemd-socket-activate"))
    return skip("socket activation with a configuration", "systemd-socket-activate is not installed");
  const temporary_folder folder;
  const auto socket = folder / "activated";
  std::filesystem::create_directory_symlink(folder.path(), folder / "link");
  write_text(folder / "config.yaml",
             "listen: [\"unix:" + (folder / "link/activated") + "\", \"unix:" + (folder / "besides") + "\"]\n");
  child_process activator({"systemd-socket-activate", "--listen=" + socket, CREDCACHED_EXECUTABLE, "serve", "--config",
                           folder / "config.yaml"},
                          {});
  std::unique_ptr<http_client> client;
  BOOST_TEST_REQUIRE(eventually([&] { return (client = http_client::try_unix(socket)) != nullptr; }));
  const auto listeners = text(client->get("/v1/status").json().at("listeners"));
  BOOST_TEST(listeners == R"(["unix:)" + socket + R"(","unix:)" + (folder / "besides") + R"("])");
  BOOST_TEST(http_client::unix_socket(folder / "besides").get("/readyz").status == 200);
  activator.signal(SIGTERM);
  BOOST_TEST(activator.wait().value_or(-1) == 0);
  BOOST_TEST(std::filesystem::exists(socket));
  BOOST_TEST(!std::filesystem::exists(folder / "besides"));
}

BOOST_AUTO_TEST_CASE(the_units_are_understood_by_systemd) {
  if (!installed("systemd-analyze")) return skip("unit files", "systemd-analyze is not installed");
  // The command has to be there: the one under test stands in for the installed one.
  const temporary_folder folder;
  arguments verify{"systemd-analyze", "verify", "--man=no", "--recursive-errors=no"};
  for (const auto* unit : {"credcached.service", "credcached.socket"}) {
    auto content = read_text(std::string(SOURCE_FOLDER "/systemd/") + unit);
    BOOST_TEST_REQUIRE(!content.empty());
    boost::replace_all(content, "/usr/bin/credcached", CREDCACHED_EXECUTABLE);
    write_text(folder / unit, content);
    verify.push_back(folder / unit);
  }
  const auto result = run(verify);
  std::vector<std::string> complaints;
  boost::split(complaints, result.err, boost::is_any_of("\n"));
  for (const auto& line : complaints) BOOST_TEST(!contains(line, "credcached"), line);
  BOOST_TEST(result.code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace systemd_test
