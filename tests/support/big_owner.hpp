// An owner with many long credentials: a csp of the test's own, "Big", with four variables and as many sites as an owner may
// have credentials.
#pragma once

#include <string>

#include "configured_daemon.hpp"

namespace credcached::testing {

/// A folder with the definition of Big.
struct big_definition : temporary_folder {
  big_definition() {
    std::string text = "csp: Big\nconstant: BIG\nsites: [";
    for (int i = 0; i < 1'024; ++i) text += (i == 0 ? "s" : ", s") + std::to_string(i);
    text += "]\ncredentials:\n  - type: variables\n    name: ALL\n    description: Everything.\n    variables:\n";
    for (int i = 0; i < 4; ++i) text += "      - {name: BIG_" + std::to_string(i) + ", description: A piece.}\n";
    write_text(path() / "90-big.yaml", text);
  }
  /// The line of a configuration that names the folder.
  [[nodiscard]] std::string setting() const { return "providers: " + path().string() + "\n"; }
};

/// Adds `count` credentials of Big for `owner`, each with four values of `size` characters.
inline void fill(http_client& http, std::string_view owner, int count, std::size_t size) {
  const std::string value(size, 'v');
  for (int i = 0; i < count; ++i) {
    const auto body = credential("Big", "s" + std::to_string(i), "ALL",
                                 {{"BIG_0", value}, {"BIG_1", value}, {"BIG_2", value}, {"BIG_3", value}});
    BOOST_TEST_REQUIRE(http.post(users, text(body), as_user(owner)).status == 204);
  }
}

/// Physical memory of a process in bytes.
inline std::size_t resident_bytes(pid_t process) {
  const std::string status = read_text("/proc/" + std::to_string(process) + "/status");
  return std::stoull(status.substr(status.find("VmRSS:") + 6)) * 1'024;
}

}  // namespace credcached::testing
