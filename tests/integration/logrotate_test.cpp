// The rotation that is installed (etc/logrotate.d), by Debian's logrotate: no line of the audit is lost.
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "configured_daemon.hpp"
#include "peers.hpp"

namespace logrotate_test {

using namespace credcached::testing;

namespace {

void replace(std::string& text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  BOOST_TEST_REQUIRE(at != std::string::npos);
  text.replace(at, what.size(), with);
}

/// Who the daemon is: for root somebody else, as with the unit.
bool as_nobody() {
  return ::geteuid() == 0;
}

/// A daemon that audits to a folder of its user, and the installed rotation of that folder. Its systemctl is one that
/// knows this daemon.
struct rotated_daemon : configured_daemon {
  rotated_daemon()
      : configured_daemon("audit: {to: " + logs() + "/audit.log}\naccess: [{peer: {}}]\n" +
                          (as_nobody() ? "runAs: nobody\n" : "")) {
    BOOST_REQUIRE(::chmod(folder.path().c_str(), 0711) == 0);  // its user reads the configuration in a reload
    std::string rotation = read_text(SOURCE_FOLDER "/etc/logrotate.d/credcached");
    replace(rotation, "/var/log/credcached/*.log", logs() + "/*.log");
    replace(rotation, "credcached credcached",
            as_nobody() ? "nobody nogroup"
                        : std::string(::getpwuid(::geteuid())->pw_name) + " " + ::getgrgid(::getegid())->gr_name);
    write_text(folder / "rotation", rotation, 0600);
    write_text(folder / "bin/systemctl",
               "#!/bin/sh\ncase \"$*\" in\n  'is-active --quiet credcached.service') ;;\n"
               "  'reload credcached.service') kill -HUP " +
                   std::to_string(daemon.pid()) + " ;;\n  *) exit 1 ;;\nesac\n",
               0700);
  }
  [[nodiscard]] static std::string logs() {
    static const struct log_folder : temporary_folder {
      log_folder() { BOOST_REQUIRE((!as_nobody() || ::chown(path().c_str(), nobody.uid, nobody.gid) == 0)); }
    } made;
    return made.path().string();
  }
  [[nodiscard]] outcome rotate() const {
    return run({"logrotate", "--force", "--state", folder / "state", folder / "rotation"}, {},
               {{"PATH", (folder / "bin") + ":/usr/sbin:/usr/bin:/sbin:/bin"}});
  }
  /// Waits for the reload that a rotation asks for.
  void rotate_and_wait(int times) {
    const auto rotated = rotate();
    BOOST_TEST_CONTEXT(rotated) BOOST_TEST(rotated.code == 0);
    BOOST_TEST(
        eventually([&] { return metric(http, "credcached_reloads_total") == static_cast<std::uint64_t>(times); }));
  }
};

std::ptrdiff_t lines_in(const std::string& file) {
  const std::string text = read_text(file);
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(logrotate)

BOOST_AUTO_TEST_CASE(the_installed_rotation_loses_no_line) {
  if (!std::filesystem::exists("/usr/sbin/logrotate"))
    return (void)credcache::testing::skipped("the_installed_rotation_loses_no_line", "there is no logrotate");
  rotated_daemon own;
  constexpr int requests = 400;
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 404);  // an empty file would not be rotated
  std::thread asking([&] {
    auto http = own.connect();
    for (int i = 1; i < requests; ++i) (void)http.get("/v1/resolve?csp=aws");
  });
  own.rotate_and_wait(1);
  asking.join();
  const std::string file = own.logs() + "/audit.log";
  BOOST_TEST(lines_in(file) + lines_in(file + ".1") == requests);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 404);
  BOOST_TEST(lines_in(file) > 0);
  const auto owner_only = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  BOOST_TEST((std::filesystem::status(file).permissions() == owner_only));

  own.rotate_and_wait(2);
  BOOST_TEST(std::filesystem::exists(file + ".2.gz"));
  BOOST_TEST((std::filesystem::status(file + ".2.gz").permissions() == owner_only));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace logrotate_test
