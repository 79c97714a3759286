// What most integration tests begin with: a running daemon with a connection, and request bodies that are right.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "daemon_process.hpp"
#include "http_client.hpp"
#include "skipped.hpp"

namespace credcached::testing {

namespace json = boost::json;
using pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

constexpr std::string_view users = "/xpanse/user/credentials";
constexpr std::string_view isvs = "/xpanse/isv/credentials";
constexpr std::string_view nine_asterisks = "*********";
/// Seconds that a credential lives when its caller names no time to live.
constexpr int standard_life = 3600;
/// A secret that nothing but resolve may ever show.
constexpr std::string_view marker = "MARKER-4d1f7c-secret";

/// A daemon and one connection to it. Its environment is empty but for `env`.
struct running_daemon {
  daemon_process daemon;
  http_client http;

  explicit running_daemon(const environment& env = {}, const arguments& flags = {})
      : daemon({.flags = flags, .env = env}), http(http_client::unix_socket(daemon.socket())) {}
  [[nodiscard]] http_client connect() const { return http_client::unix_socket(daemon.socket()); }
};

inline json::object credential(std::string_view csp, std::string_view site, std::string_view name, pairs variables) {
  json::array list;
  for (const auto& [key, value] : variables) list.push_back({{"name", key}, {"value", value}});
  return {{"csp", csp}, {"site", site}, {"type", "variables"}, {"name", name}, {"variables", std::move(list)}};
}

inline json::object huawei(std::string_view access = "access-1", std::string_view secret = marker,
                           std::string_view site = "Chinese Mainland") {
  return credential("HuaweiCloud", site, "AK_SK", {{"HW_ACCESS_KEY", access}, {"HW_SECRET_KEY", secret}});
}
inline json::object aws(std::string_view id = "AKIA0123456789ABCDEF", std::string_view secret = marker) {
  return credential("aws", "default", "ACCESS_KEY", {{"AWS_ACCESS_KEY_ID", id}, {"AWS_SECRET_ACCESS_KEY", secret}});
}
/// `body` with one member set.
inline json::object with(json::object body, std::string_view member, json::value value) {
  body[member] = std::move(value);
  return body;
}
inline json::object without(json::object body, std::string_view member) {
  body.erase(member);
  return body;
}
inline std::string text(const json::value& value) {
  return json::serialize(value);
}
inline std::string text_at(const json::value& value, std::string_view member) {
  const auto& found = value.at(member);
  return found.is_string() ? std::string(found.as_string()) : json::serialize(found);
}
/// The names in a list of objects, joined by spaces: short to compare.
inline std::string column(const json::value& list, std::string_view member) {
  std::string all;
  for (const auto& item : list.as_array()) all.append(all.empty() ? "" : " ").append(text_at(item, member));
  return all;
}
inline header_list as_user(std::string_view name) {
  return {{"X-Credential-User", std::string(name)}};
}
inline header_list as_isv(std::string_view name) {
  return {{"X-Credential-Isv", std::string(name)}};
}

/// Says loudly that a promise was not tested.
inline void skip(std::string_view test, std::string_view why) {
  credcache::testing::skipped(test, why);
}

/// Holds an answer against the error contract: status, errorType, details that say something but never the secret.
inline void check_problem(const http_response& answer, int status, std::string_view error_type) {
  BOOST_TEST_CONTEXT(answer) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.error_type() == error_type);
    BOOST_TEST(answer.header("Content-Type") == "application/json");
    BOOST_TEST(answer.header("Cache-Control") == "no-store");
    BOOST_TEST(!answer.details().empty());
    BOOST_TEST(!contains(answer.body, marker));
  }
}

}  // namespace credcached::testing
