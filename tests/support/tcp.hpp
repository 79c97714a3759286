// A daemon with a TCP listener on a port of the kernel's choice: which port, which token.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <regex>
#include <string>

#include "daemon_process.hpp"
#include "http_client.hpp"

namespace credcached::testing {

/// The first TCP port that the daemon's log names.
inline std::uint16_t tcp_port_of(const daemon_process& daemon) {
  std::smatch found;
  std::string log;
  BOOST_TEST_REQUIRE(eventually([&] {
    log = daemon.log();
    return std::regex_search(log, found, std::regex(R"(tcp:127\.0\.0\.1:([1-9][0-9]*))"));
  }));
  return static_cast<std::uint16_t>(std::stoi(found[1]));
}

inline std::string token_in(const std::string& file) {
  std::string token = read_text(file);
  token.erase(token.find_last_not_of("\r\n") + 1);
  return token;
}

/// What a caller that has the token sends along.
inline header_list with_token(const std::string& token, const header_list& more = {}) {
  header_list all{{"Authorization", "Bearer " + token}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace credcached::testing
