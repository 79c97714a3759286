// A daemon without its process, for unit tests and fuzz targets: the real pipeline over a real service and cache, and
// clients at the other end of socket pairs. All of it is in one thread: only while a test lets the loop work does
// anything happen.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "api/daemon_state.hpp"
#include "api/pipeline.hpp"
#include "api/routes.hpp"
#include "library_fixture.hpp"
#include "request_text.hpp"
#include "test_definitions.hpp"

namespace credcached::testing {

/// Whoever runs the tests asks, over a Unix socket.
inline platform::peer local_peer() {
  platform::peer peer;
  peer.uid = ::geteuid();
  peer.gid = ::getegid();
  peer.pid = ::getpid();
  peer.groups.emplace();
  peer.account = std::make_shared<const platform::user_account>(platform::user_account{.login = "tester"});
  return peer;
}

struct given_token {
  std::string name;
  std::optional<std::string> user;
  std::string text;
};

struct api_scene {
  std::shared_ptr<api::daemon_state> state = std::make_shared<api::daemon_state>();
  std::shared_ptr<metrics::worker_counters> counters;
  std::shared_ptr<const credcache::master_key> key =
      std::make_shared<const credcache::master_key>(credcache::master_key::random());
  std::shared_ptr<const credcache::provider_catalog> catalog =
      credcache::testing::catalog_of({credcache::testing::alpha});
  std::shared_ptr<credcache::sealed_values> environment = std::make_shared<credcache::sealed_values>(key);
  std::vector<given_token> tokens;
  config::settings settings;

  api_scene() {
    state->cache = std::make_shared<credcache::credential_cache>(credcache::cache_limits{});
    state->started = credcache::now();
    settings.listeners.emplace_back().path = "/run/credcached/test.sock";
    config::access_rule everybody;
    everybody.owners = {"*"};
    settings.access = {everybody};
  }
  /// What is configured now, made ready for a worker.
  [[nodiscard]] api::worker_configuration_ptr make_configuration() const {
    auto configured = std::make_shared<api::snapshot>();
    configured->settings = settings;
    configured->key = key;
    configured->key_source = "random";
    configured->catalog = catalog;
    configured->environment = environment;
    for (const given_token& token : tokens) configured->tokens.add(token.name, token.user, token.text);
    configured->rules = access::access_rules(settings, ::geteuid(), *catalog);
    return new api::worker_configuration(std::move(configured), state->cache);
  }
  /// A pipeline over a table of its own routes, if the test has some.
  [[nodiscard]] std::unique_ptr<api::pipeline> make_pipeline(std::span<const api::route> table = api::routes()) {
    counters = std::make_shared<metrics::worker_counters>(table.size());
    state->counters = {counters};
    return std::make_unique<api::pipeline>(state, counters, make_configuration(), table);
  }
};

/// One end of a socket pair; the other one is `peer_end` until somebody takes it over.
class pair_client {
 public:
  pair_client() {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
      throw std::runtime_error("socketpair failed");
    socket_ = pair[0];
    peer_end = pair[1];
  }
  ~pair_client() { ::close(socket_); }
  pair_client(const pair_client&) = delete;
  pair_client& operator=(const pair_client&) = delete;

  /// False if not all of it was taken.
  bool send(std::string_view bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// Sends no more.
  void end() const { ::shutdown(socket_, SHUT_WR); }
  /// Everything that has come and was not asked for yet.
  [[nodiscard]] std::string receive() {
    std::string text;
    char block[16 * 1024];
    ssize_t got = 0;
    while ((got = ::recv(socket_, block, sizeof block, 0)) > 0) text.append(block, static_cast<std::size_t>(got));
    ended_ = ended_ || got == 0 || errno != EAGAIN;
    return text;
  }
  /// Whether the last receive() has come to the end.
  [[nodiscard]] bool ended() const { return ended_; }

  int peer_end = -1;

 private:
  int socket_ = -1;
  bool ended_ = false;
};

/// Lets `context` do all it can do now.
inline void settle(boost::asio::io_context& context) {
  context.restart();
  while (context.poll() != 0) {
  }
}

}  // namespace credcached::testing
