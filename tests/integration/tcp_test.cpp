// TCP: loopback only, never without a token, and only for web pages that the configuration names.
#include <sys/stat.h>

#include "peers.hpp"
#include "scenario.hpp"
#include "tcp.hpp"

namespace tcp_test {

using namespace credcached::testing;

namespace {

/// A daemon on a Unix socket and on a TCP port of the kernel's choice.
struct tcp_daemon {
  temporary_folder folder;
  daemon_process daemon;
  std::uint16_t port;
  std::string token;

  explicit tcp_daemon(std::string_view yaml = "{}")
      : daemon((write_text(folder / "config.yaml", yaml),
                daemon_options{.flags = {"--config", folder / "config.yaml", "--listen", "tcp:127.0.0.1:0",
                                         "--token-file", folder / "token"}})),
        port(tcp_port_of(daemon)),
        token(token_in(folder / "token")) {}
  [[nodiscard]] http_client connect() const { return http_client::tcp(port); }
  [[nodiscard]] header_list headers(const header_list& more = {}) const {
    auto all = with_token(token, more);
    all.emplace_back("X-Credential-User", "alice");
    return all;
  }
};

constexpr const char* portal = "https://portal.example";

}  // namespace

BOOST_AUTO_TEST_SUITE(tcp)

BOOST_AUTO_TEST_CASE(a_token_file_is_made_for_the_owner_alone_and_named_in_the_log) {
  tcp_daemon own;
  struct stat info {};
  BOOST_TEST_REQUIRE(::stat((own.folder / "token").c_str(), &info) == 0);
  BOOST_TEST((info.st_mode & 0777U) == 0600U);
  BOOST_TEST(own.token.size() >= 32U);
  BOOST_TEST(own.daemon.logs(own.folder / "token"));
  BOOST_TEST(!contains(own.daemon.log(), own.token));
}

BOOST_AUTO_TEST_CASE(the_right_token_opens_and_everything_else_is_401) {
  tcp_daemon own;
  auto http = own.connect();
  BOOST_TEST(http.post(users, text(aws()), own.headers()).status == 204);
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=aws", own.headers()).json(), "user") == "alice");

  auto other = own.token;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  for (const auto& authorization : arguments{"", "Bearer", "Bearer ", "Basic YTpi", own.token, "Bearer " + other,
                                             "Bearer " + own.token.substr(1), "Bearer " + own.token + "x"}) {
    BOOST_TEST_CONTEXT("Authorization: " << authorization) {
      auto client = own.connect();
      check_problem(
          client.get("/v1/resolve?csp=aws", {{"Authorization", authorization}, {"X-Credential-User", "alice"}}), 401,
          "Unauthorized");
    }
  }
  auto client = own.connect();
  const auto nobody = client.get("/v1/credentials");
  check_problem(nobody, 401, "Unauthorized");
  BOOST_TEST(nobody.header("WWW-Authenticate").starts_with("Bearer"));
}

BOOST_AUTO_TEST_CASE(a_given_token_file_is_used_as_it_is) {
  const temporary_folder folder;
  write_text(folder / "token", "a-token-of-my-own-with-enough-characters\n", 0600);
  const daemon_process daemon({.flags = {"--listen", "tcp:127.0.0.1:0", "--token-file", folder / "token"}});
  BOOST_TEST(read_text(folder / "token") == "a-token-of-my-own-with-enough-characters\n");
  ::chmod((folder / "token").c_str(), 0644);
  const auto refused = run_cli({"serve", "--listen", "tcp:127.0.0.1:0", "--token-file", folder / "token"});
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(one_line(refused.err));
    BOOST_TEST(contains(refused.err, "644"));
  }
}

BOOST_AUTO_TEST_CASE(the_default_token_is_never_made_in_a_folder_of_somebody_else,
                     *boost::unit_test::precondition(as_root())) {
  const passable_folder folder;
  const auto serve = [&](const std::string& in) {
    return run_cli({"serve", "--listen", "tcp:127.0.0.1:0"}, {}, {{"CREDCACHED_SOCKET", in + "/credcached.sock"}});
  };
  std::filesystem::create_directory(folder / "theirs");
  BOOST_REQUIRE(::chown((folder / "theirs").c_str(), nobody.uid, nobody.gid) == 0);
  std::filesystem::create_directory(folder / "open");
  BOOST_REQUIRE(::chmod((folder / "open").c_str(), 0777) == 0);
  for (const auto& [name, found] :
       {std::pair{"theirs", "found owner uid 65534, expected uid 0 or root"}, std::pair{"open", "found mode 0777"}}) {
    const auto refused = serve(folder / name);
    BOOST_TEST_CONTEXT(name << refused) {
      BOOST_TEST(refused.code == 2);
      BOOST_TEST(one_line(refused.err));
      BOOST_TEST(contains(refused.err, found));
      BOOST_TEST(contains(refused.err, "choose another --token-file"));
      BOOST_TEST(std::filesystem::is_empty(folder / name));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_default_token_makes_its_folder) {
  const temporary_folder folder;
  const daemon_process daemon({.flags = {"--listen", "tcp:127.0.0.1:0"},
                               .env = {{"CREDCACHED_SOCKET", folder / "of-its-own/credcached.sock"}}});
  BOOST_TEST((std::filesystem::status(folder / "of-its-own").permissions() == std::filesystem::perms::owner_all));
  BOOST_TEST(token_in(folder / "of-its-own/token").size() == 43U);
}

BOOST_AUTO_TEST_CASE(with_run_as_the_default_token_stays_in_a_reload, *boost::unit_test::precondition(as_root())) {
  const passable_folder folder;
  write_text(folder / "config.yaml", "runAs: nobody\n", 0644);
  const daemon_process daemon({.flags = {"--config", folder / "config.yaml", "--listen", "tcp:127.0.0.1:0"},
                               .env = {{"CREDCACHED_SOCKET", folder / "of-root/credcached.sock"}}});
  const std::string token = token_in(folder / "of-root/token");
  daemon.signal(SIGHUP);
  BOOST_TEST(daemon.logs("Reloaded"));
  auto tcp = http_client::tcp(tcp_port_of(daemon));
  auto headers = with_token(token);
  headers.emplace_back("X-Credential-User", "alice");
  BOOST_TEST(tcp.get("/v1/credentials", headers).status == 200);
}

BOOST_AUTO_TEST_CASE(with_run_as_a_token_that_was_made_serves_reloads_and_starts,
                     *boost::unit_test::precondition(as_root())) {
  const passable_folder folder;
  std::filesystem::create_directory(folder / "of-root");
  std::filesystem::permissions(folder / "of-root", std::filesystem::perms::owner_all);
  std::filesystem::create_directory(folder / "of-the-daemon");
  BOOST_REQUIRE(::chown((folder / "of-the-daemon").c_str(), nobody.uid, nobody.gid) == 0);
  BOOST_REQUIRE(::chmod((folder / "of-the-daemon").c_str(), 0700) == 0);
  const std::string config = folder / "config.yaml";
  const auto configure = [&](const std::string& more) {
    write_text(config,
               "runAs: nobody\nlisten: [\"unix:" + (folder / "s") + "\", \"tcp:127.0.0.1:0\"]\n" +
                   "tokens: [{name: first, file: " + (folder / "of-root/token") + ", user: alice}" + more + "]\n",
               0644);
  };
  const auto serves = [&](const daemon_process& daemon, const std::string& file) {
    auto tcp = http_client::tcp(tcp_port_of(daemon));
    return tcp.get("/v1/credentials", with_token(token_in(file))).status == 200;
  };
  const daemon_options options{.flags = {"--config", config}, .socket = folder / "s", .listen_flag = false};
  configure("");
  {
    const daemon_process daemon(options);
    configure(", {name: second, file: " + (folder / "of-the-daemon/token") + ", user: alice}");
    daemon.signal(SIGHUP);
    BOOST_TEST(daemon.logs("Reloaded"));
    BOOST_TEST(daemon.logs("token \"first\" needs a restart"));
    BOOST_TEST(serves(daemon, folder / "of-root/token"));
    BOOST_TEST(serves(daemon, folder / "of-the-daemon/token"));
  }
  const daemon_process again(options);
  BOOST_TEST(serves(again, folder / "of-root/token"));
  BOOST_TEST(serves(again, folder / "of-the-daemon/token"));
}

BOOST_AUTO_TEST_CASE(wider_addresses_are_refused_at_start) {
  for (const auto* address : {"tcp:0.0.0.0:0", "tcp:[::]:0", "tcp:192.0.2.1:8200", "tcp:example.com:8200"}) {
    const auto refused = run_cli({"serve", "--listen", address});
    BOOST_TEST_CONTEXT(address << refused) {
      BOOST_TEST(refused.code == 2);
      BOOST_TEST(one_line(refused.err));
      BOOST_TEST(contains(refused.err, "127.0.0.1"));
    }
  }
}

BOOST_AUTO_TEST_CASE(hosts_and_origins_that_nobody_configured_are_refused) {
  tcp_daemon own;
  BOOST_TEST(own.connect().get("/v1/status", own.headers({{"Host", "127.0.0.1:" + std::to_string(own.port)}})).status ==
             200);
  BOOST_TEST(own.connect().get("/v1/status", own.headers({{"Host", "rebound.example"}})).status / 100 == 4);
  for (const auto& header : {header_list::value_type{"Origin", portal},
                             {"Sec-Fetch-Site", "cross-site"},
                             {"Forwarded", "for=192.0.2.1"},
                             {"X-Forwarded-For", "192.0.2.1"},
                             {"Via", "1.1 proxy"}}) {
    BOOST_TEST_CONTEXT(header.first) {
      const auto refused = own.connect().get("/v1/status", own.headers({header}));
      BOOST_TEST(refused.status / 100 == 4);
      BOOST_TEST(refused.header("Access-Control-Allow-Origin").empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(configured_origins_get_cors_headers_on_preflights_answers_and_errors) {
  tcp_daemon own("corsOrigins: [\"https://portal.example\"]\n");
  const auto allowed = [](const http_response& answer) { return answer.header("Access-Control-Allow-Origin"); };
  const auto preflight = own.connect().request("OPTIONS", users, {},
                                               {{"Origin", portal},
                                                {"Access-Control-Request-Method", "PUT"},
                                                {"Access-Control-Request-Headers", "authorization,content-type"}});
  BOOST_TEST_CONTEXT(preflight) {
    BOOST_TEST(preflight.status / 100 == 2);  // without a token
    BOOST_TEST(allowed(preflight) == portal);
    BOOST_TEST(contains(preflight.header("Access-Control-Allow-Methods"), "PUT"));
    BOOST_TEST(!preflight.header("Access-Control-Allow-Headers").empty());
  }
  const auto answer = own.connect().get(users, own.headers({{"Origin", portal}, {"Sec-Fetch-Site", "cross-site"}}));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(allowed(answer) == portal);
  BOOST_TEST(contains(answer.header("Vary"), "Origin"));
  for (const auto* target : {"/nosuch", "/v1/resolve?csp=nosuch"}) {
    const auto error = own.connect().get(target, own.headers({{"Origin", portal}}));
    BOOST_TEST(error.status / 100 == 4);
    BOOST_TEST(allowed(error) == portal);
  }
  const auto nobody = own.connect().get(users, {{"Origin", portal}});
  BOOST_TEST(nobody.status == 401);
  BOOST_TEST(allowed(nobody) == portal);

  for (const auto* origin : {"https://evil.example", "http://portal.example", "null"}) {
    BOOST_TEST_CONTEXT(origin) {
      const auto refused = own.connect().get(users, own.headers({{"Origin", origin}}));
      BOOST_TEST(refused.status / 100 == 4);
      BOOST_TEST(allowed(refused).empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tcp_test
