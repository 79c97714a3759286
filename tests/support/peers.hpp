// Other users of this machine, as the kernel sees them: what connects while one of them is acted, the daemon sees as
// that user. Only root can do that; precondition(as_root()) skips a test for anybody else, and says so.
//
// Thread safety: none; the whole process changes.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "as_root.hpp"
#include "scenario.hpp"

namespace credcached::testing {

/// A user and a group. Debian gives the numbers below 100 to these names for good.
struct identity {
  uid_t uid;
  gid_t gid;
};
constexpr identity daemon_user{1, 1}, bin_user{2, 2}, sys_user{3, 3}, games_user{5, 60}, nobody{65534, 65534},
    no_account{54321, 54321};

/// Effective user and group for the length of a scope: what SO_PEERCRED reports, and what files check.
class acting_as {
 public:
  explicit acting_as(identity who) {
    if (::setegid(who.gid) != 0 || ::seteuid(who.uid) != 0) throw std::runtime_error("cannot act as another user");
  }
  acting_as(const acting_as&) = delete;
  ~acting_as() {
    if (::seteuid(0) != 0 || ::setegid(0) != 0) std::terminate();
  }
};

inline http_client connect_as(identity who, const std::string& socket) {
  const acting_as role(who);
  return http_client::unix_socket(socket);
}

/// A folder that others may pass through, for sockets and files they should reach.
struct passable_folder : temporary_folder {
  passable_folder() {
    if (::chmod(path().c_str(), 0711) != 0) throw std::runtime_error("chmod");
  }
};

/// A daemon whose socket everybody may open: its rules alone decide. `yaml` holds them and everything else.
struct open_daemon {
  passable_folder folder;
  std::string config = folder / "config.yaml";
  std::string socket = folder / "s";
  daemon_process daemon;

  explicit open_daemon(std::string_view yaml)
      : daemon(
            (configure(yaml), daemon_options{.flags = {"--config", config}, .socket = socket, .listen_flag = false})) {}
  void configure(std::string_view yaml) const {
    write_text(config, "listen: [{address: \"unix:" + socket + "\", mode: \"0666\"}]\n" + std::string(yaml));
  }
  /// Reloads with another configuration and waits until the log says how it went.
  void reload(std::string_view yaml, std::string_view log_line) const {
    configure(yaml);
    const auto count = [&] {
      std::size_t n = 0;
      const auto log = daemon.log();
      for (auto at = log.find(log_line); at != std::string::npos; at = log.find(log_line, at + 1)) ++n;
      return n;
    };
    const auto before = count();
    daemon.signal(SIGHUP);
    BOOST_TEST_REQUIRE(eventually([&] { return count() > before; }));
  }
};

}  // namespace credcached::testing
