// S8, beyond tcp_test.cpp: several tokens with rules and users of their own, and all that a browser, a proxy or a
// rebound name would send.
#include <unistd.h>

#include "scenario.hpp"
#include "tcp.hpp"

namespace tcp_security_test {

using namespace credcached::testing;

namespace {

struct tcp_daemon {
  temporary_folder folder;
  daemon_process daemon;
  std::uint16_t port;

  explicit tcp_daemon(std::string_view yaml)
      : daemon((prepare(yaml),
                daemon_options{
                    .flags = {"--config", folder / "config.yaml"}, .socket = folder / "s", .listen_flag = false})),
        port(tcp_port_of(daemon)) {}

  void prepare(std::string_view yaml) const {
    for (const auto* name : {"runner", "portal", "guest"}) write_text(folder / name, token(name), 0600);
    std::string tokens = "tokens:\n";
    tokens += "  - {name: runner, file: \"" + (folder / "runner") + "\", user: alice}\n";
    tokens += "  - {name: portal, file: \"" + (folder / "portal") + "\"}\n";
    tokens += "  - {name: guest, file: \"" + (folder / "guest") + "\", user: guest}\n";
    std::string text(yaml);
    if (!contains(text, "listen:")) text += "listen: [\"unix:" + (folder / "s") + "\", \"tcp:127.0.0.1:0\"]\n";
    const auto path = text.find("SOCKET");
    if (path != std::string::npos) text.replace(path, 6, "unix:" + (folder / "s"));
    write_text(folder / "config.yaml", text + tokens);
  }
  static std::string token(std::string_view name) { return "token-of-the-" + std::string(name) + "-0123456789"; }
  [[nodiscard]] http_client connect() const { return http_client::tcp(port); }
  [[nodiscard]] http_response get(std::string_view target, const header_list& headers) const {
    return connect().get(target, headers);
  }
};

constexpr std::string_view rules =
    "access:\n"
    "  - {peer: {uid: 0}, owners: [\"*\"]}\n"
    "  - {peer: {token: runner}, actions: [resolve, list], owners: [self]}\n"
    "  - {peer: {token: portal}, actions: [add, remove], owners: [\"*\"], csps: [aws]}\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(tcp_security)

BOOST_AUTO_TEST_CASE(each_token_has_its_rules_and_its_user) {
  if (::geteuid() != 0) return skip("each_token_has_its_rules_and_its_user", "the rules are written for root");
  const tcp_daemon own(rules);
  const auto as = [](std::string_view name, const header_list& more = {}) {
    return with_token(tcp_daemon::token(name), more);
  };
  BOOST_TEST(own.connect().post(users, text(aws()), as("portal", as_user("alice"))).status == 204);
  BOOST_TEST(own.connect().post(users, text(huawei()), as("portal", as_user("alice"))).status == 403);
  check_problem(own.connect().post(users, text(aws()), as("portal")), 400, "Parameters Invalid");  // bound to no user
  check_problem(own.get("/v1/resolve?csp=aws", as("portal", as_user("alice"))), 403, "Access Denied");

  BOOST_TEST(text_at(own.get("/v1/resolve?csp=aws", as("runner")).json(), "user") == "alice");
  BOOST_TEST(own.get("/v1/resolve?csp=aws", as("runner", as_user("alice"))).status == 200);
  check_problem(own.get("/v1/resolve?csp=aws", as("runner", as_user("bob"))), 403, "Access Denied");
  check_problem(own.get("/v1/resolve?csp=aws", as("runner", as_isv("alice"))), 403, "Access Denied");
  check_problem(own.connect().post(users, text(aws()), as("runner")), 403, "Access Denied");
  check_problem(own.get("/v1/status", as("runner")), 403, "Access Denied");

  // A right token that no rule speaks of, and a root that has no token.
  check_problem(own.get("/v1/credentials", as("guest")), 403, "Access Denied");
  check_problem(own.get("/v1/credentials", {}), 401, "Unauthorized");
  for (const auto* secret : {"runner", "portal", "guest"})
    BOOST_TEST(!contains(own.daemon.log(), tcp_daemon::token(secret)));
}

BOOST_AUTO_TEST_CASE(what_browsers_and_proxies_add_is_refused_even_with_a_token) {
  const tcp_daemon own("");
  const auto token = tcp_daemon::token("runner");
  for (const auto& [name, value] : header_list{{"Origin", "null"},
                                               {"Origin", "http://localhost"},
                                               {"Origin", "http://127.0.0.1:" + std::to_string(own.port)},
                                               {"origin", "https://evil.test"},
                                               {"Sec-Fetch-Site", "same-origin"},
                                               {"sec-fetch-site", "cross-site"},
                                               {"Sec-Fetch-Site", "none"},
                                               {"Forwarded", "for=127.0.0.1"},
                                               {"X-Forwarded-For", "127.0.0.1"},
                                               {"X-Forwarded-Host", "localhost"},
                                               {"X-Forwarded-Proto", "https"},
                                               {"X-Forwarded-Port", "443"},
                                               {"X-Forwarded-Prefix", "/x"},
                                               {"x-forwarded-anything", ""},
                                               {"Via", "1.1 proxy"}}) {
    BOOST_TEST_CONTEXT(name << ": " << value) {
      const auto headers = with_token(token, {{name, value}});
      const auto refused = own.connect().post(users, text(aws()), headers);
      check_problem(refused, 403, "Access Denied");
      BOOST_TEST(refused.header("Access-Control-Allow-Origin").empty());
      check_problem(own.get("/v1/resolve?csp=aws", headers), 403, "Access Denied");
      check_problem(
          own.connect().request("OPTIONS", users, {}, {{name, value}, {"Access-Control-Request-Method", "POST"}}), 403,
          "Access Denied");
    }
  }
  BOOST_TEST(own.get("/v1/credentials", with_token(token)).body == "[]");
}

// Node's fetch says how it fetches, as browsers do, but not from where.
BOOST_AUTO_TEST_CASE(what_other_programs_send_as_well_is_no_browser) {
  const tcp_daemon own("");
  for (const auto& [name, value] :
       header_list{{"Sec-Fetch-Mode", "cors"}, {"sec-fetch-mode", "no-cors"}, {"Sec-Fetch-Dest", "empty"}})
    BOOST_TEST(own.get("/v1/credentials", with_token(tcp_daemon::token("runner"), {{name, value}})).status == 200);
}

BOOST_AUTO_TEST_CASE(only_known_hosts_are_served_whatever_name_leads_here) {
  const tcp_daemon own("listen: [\"SOCKET\", {address: \"tcp:127.0.0.1:0\", hosts: [vault.internal]}]\n");
  const auto port = ":" + std::to_string(own.port);
  const auto status = [&](const std::string& host) {
    return own.get("/v1/credentials", with_token(tcp_daemon::token("runner"), {{"Host", host}})).status;
  };
  for (const auto* host : {"127.0.0.1", "localhost", "[::1]", "vault.internal", "LOCALHOST", "Vault.Internal",
                           "localhost.", "vault.internal."}) {
    BOOST_TEST_CONTEXT(host) BOOST_TEST((status(host) == 200 && status(host + port) == 200));
  }
  for (const auto* host : {"evil.test",
                           "127.0.0.1.evil.test",
                           "localhost.evil.test",
                           "evil.localhost",
                           "xlocalhost",
                           "localhost..",
                           "127.0.0.2",
                           "127.1",
                           "0x7f.0.0.1",
                           "2130706433",
                           "0.0.0.0",
                           "[::]",
                           "[::ffff:127.0.0.1]",
                           "::1",
                           "[::1",
                           "vault.internal.evil.test",
                           "internal",
                           "a@localhost",
                           "localhost@evil.test",
                           "localhost evil.test",
                           "localhost,evil.test",
                           "evil.test#localhost",
                           "localhost/evil.test",
                           "*",
                           "-",
                           ""}) {
    BOOST_TEST_CONTEXT(host) BOOST_TEST((status(host) == 403 && status(host + port) == 403));
  }
  for (const auto* host : {"127.0.0.1:x.evil.test", "127.0.0.1:80@evil", "[::1]:evil.test", "127.0.0.1:", "localhost:0",
                           "localhost:65536", "localhost:80:80", "[::1]x"}) {
    BOOST_TEST_CONTEXT(host) BOOST_TEST(status(host) == 403);
  }
  auto twice = own.connect();
  BOOST_TEST(twice
                 .get("/v1/credentials",
                      with_token(tcp_daemon::token("runner"), {{"Host", "localhost"}, {"Host", "evil.test"}}))
                 .status == 400);
  auto absolute = own.connect();  // the name in the request line is none of our business, Host still is
  absolute.send_raw("GET http://evil.test/v1/credentials HTTP/1.1\r\nHost: evil.test\r\nAuthorization: Bearer " +
                    tcp_daemon::token("runner") + "\r\n\r\n");
  BOOST_TEST(absolute.read_response().status == 403);
  auto none = own.connect();
  none.send_raw("GET /v1/credentials HTTP/1.0\r\nAuthorization: Bearer " + tcp_daemon::token("runner") + "\r\n\r\n");
  BOOST_TEST(none.read_response().status == 403);
}

BOOST_AUTO_TEST_CASE(a_trusted_proxy_may_add_its_headers_but_needs_the_token_all_the_same) {
  const tcp_daemon own("listen: [\"SOCKET\", {address: \"tcp:127.0.0.1:0\", trustProxy: true}]\n");
  const header_list proxied{{"X-Forwarded-For", "192.0.2.1"}, {"Via", "1.1 proxy"}};
  BOOST_TEST(own.get("/v1/credentials", with_token(tcp_daemon::token("runner"), proxied)).status == 200);
  BOOST_TEST(own.get("/v1/credentials", proxied).status == 401);
  BOOST_TEST(
      own.get("/v1/credentials", with_token(tcp_daemon::token("runner"), {{"Origin", "https://evil.test"}})).status ==
      403);
}

BOOST_AUTO_TEST_CASE(what_a_trusted_proxy_serves_is_one_site) {
  const tcp_daemon own(
      "listen: [\"SOCKET\", {address: \"tcp:127.0.0.1:0\", trustProxy: true, hosts: [creds.example]}]\n");
  const auto status = [&](const header_list& headers) {
    return own.get("/v1/credentials", with_token(tcp_daemon::token("runner"), headers)).status;
  };
  const header_list proxied{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "creds.example"}};
  const auto from = [&](header_list more) {
    more.insert(more.end(), proxied.begin(), proxied.end());
    return status(more);
  };
  BOOST_TEST(from({{"Origin", "https://creds.example"}, {"Sec-Fetch-Site", "same-origin"}}) == 200);
  BOOST_TEST(from({{"Sec-Fetch-Site", "same-origin"}}) == 200);  // a GET has no Origin then
  BOOST_TEST(from({{"Origin", "http://creds.example"}}) == 403);
  BOOST_TEST(from({{"Origin", "https://creds.example.evil.test"}}) == 403);
  BOOST_TEST(from({{"Origin", "https://evil.test"}, {"Sec-Fetch-Site", "same-origin"}}) == 403);
  BOOST_TEST(from({{"Sec-Fetch-Site", "cross-site"}}) == 403);
  // A name of somebody else that leads to the proxy.
  for (const header_list& rebound : {header_list{{"Origin", "https://evil.test"}, {"Sec-Fetch-Site", "same-origin"}},
                                     header_list{{"Sec-Fetch-Site", "same-origin"}}}) {
    auto headers = rebound;
    headers.insert(headers.end(), {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "evil.test"}});
    BOOST_TEST(status(headers) == 403);
  }
}

BOOST_AUTO_TEST_CASE(a_link_opens_documents_without_secrets_where_pages_are_allowed) {
  const std::string portal = "corsOrigins: [\"https://portal.example\"]\n";
  const tcp_daemon own(portal), closed("");
  const header_list follows_a_link{
      {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}};
  const auto link = text_at(
      own.get("/xpanse/credentials/openapi/aws/variables", with_token(tcp_daemon::token("runner"))).json(), "href");
  const std::string document = link.substr(link.find("/openapi/"));
  BOOST_TEST(own.get(document, follows_a_link).status == 200);
  BOOST_TEST(own.get("/openapi.json", follows_a_link).status == 200);
  check_problem(closed.get(document, follows_a_link), 403, "Access Denied");
  for (const auto* target : {"/v1/resolve?csp=aws", "/v1/credentials", "/v1/status", "/metrics", "/healthz", "/nosuch",
                             "/xpanse/user/credentials"}) {
    BOOST_TEST_CONTEXT(target) {
      check_problem(own.get(target, follows_a_link), 403, "Access Denied");
      check_problem(own.get(target, with_token(tcp_daemon::token("runner"), follows_a_link)), 403, "Access Denied");
    }
  }
  // Neither a script's fetch nor a form is a link.
  check_problem(own.get(document, {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "no-cors"}}), 403,
                "Access Denied");
  check_problem(own.connect().post(users, text(aws()), follows_a_link), 403, "Access Denied");
  check_problem(own.get(document, {{"Origin", "https://evil.test"}, {"Sec-Fetch-Mode", "navigate"}}), 403,
                "Access Denied");
}

BOOST_AUTO_TEST_CASE(strangers_take_nobody_else_s_connections) {
  const tcp_daemon own("limits: {connections: 700, connectionsPerUid: 600}\nworkers: 16\n");
  std::vector<http_client> strangers;
  for (int i = 0; i < 500; ++i) strangers.push_back(own.connect());
  auto local = http_client::unix_socket(own.folder / "s");
  BOOST_TEST(local.get("/healthz").status == 200);

  auto known = own.connect();
  const auto asked = [&] { return known.get("/v1/credentials", with_token(tcp_daemon::token("runner"))).status; };
  BOOST_TEST(asked() == 200);
  // The oldest had to go, and those that come later do not touch whoever has shown a token.
  BOOST_TEST(strangers.front().closed_by_peer());
  for (int i = 0; i < 500; ++i) strangers.push_back(own.connect());
  BOOST_TEST(eventually([&] { return contains(local.get("/metrics").body, "credcached_connections 258\n"); }));
  BOOST_TEST(asked() == 200);
}

BOOST_AUTO_TEST_CASE(strangers_end_no_request_that_has_a_token) {
  const tcp_daemon own("workers: 1\n");
  const std::string body = R"({"csp":"aws"})";
  auto known = own.connect();
  known.send_raw(
      "POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + tcp_daemon::token("runner") +
      "\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n");
  BOOST_TEST(known.read_response().status == 100);
  std::vector<http_client> strangers;
  for (int i = 0; i < 300; ++i) strangers.push_back(own.connect());
  BOOST_TEST(strangers.front().closed_by_peer());
  known.send_raw(body);
  BOOST_TEST(known.read_response().status == 404);
}

BOOST_AUTO_TEST_CASE(a_wrong_token_costs_the_connection) {
  const tcp_daemon own("");
  auto guesser = own.connect();
  const auto refused = guesser.get("/v1/credentials", with_token("token-of-the-nobody-0123456789"));
  check_problem(refused, 401, "Unauthorized");
  BOOST_TEST(refused.header("Connection") == "close");
  BOOST_TEST(guesser.closed_by_peer());
}

BOOST_AUTO_TEST_CASE(a_stranger_has_as_long_as_for_a_header) {
  const tcp_daemon own("limits: {headerTimeout: 1s, idleTimeout: 60s}\n");
  auto stranger = own.connect();
  auto known = own.connect();
  BOOST_TEST(known.get("/healthz", with_token(tcp_daemon::token("runner"))).status == 200);
  BOOST_TEST(stranger.closed_by_peer(5s));
  BOOST_TEST(!known.closed_by_peer(1s));
}

BOOST_AUTO_TEST_CASE(wider_addresses_are_refused_with_advice) {
  const temporary_folder folder;
  for (const auto* address :
       {"tcp:0.0.0.0:0", "tcp:[::]:0", "tcp:192.0.2.7:0", "tcp:10.0.0.1:0", "tcp:[fe80::1]:0",
        "tcp:[::ffff:192.0.2.7]:0", "tcp:*:0", "tcp:example.com:0", "tcp:126.255.255.255:0", "tcp:128.0.0.1:0"}) {
    write_text(folder / "config.yaml", "listen: [\"" + std::string(address) + "\"]\n");
    for (const auto& command :
         {arguments{"serve", "--listen", address}, arguments{"serve", "--config", folder / "config.yaml"}}) {
      const auto refused = run_cli(command);
      BOOST_TEST_CONTEXT(address << "\n" << refused) {
        BOOST_TEST(refused.code == 2);
        BOOST_TEST(contains(refused.err, "loopback"));
        BOOST_TEST(contains(refused.err, "SSH tunnel"));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tcp_security_test
