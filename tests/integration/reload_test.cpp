// Signals and starts: SIGHUP reloads all or nothing, SIGTERM drains, a start that cannot work says why in one line.
#include <sys/stat.h>

#include "scenario.hpp"

using namespace credcached::testing;

namespace {

std::string definition(std::string_view csp, std::string_view constant) {
  return "csp: " + std::string(csp) + "\nconstant: " + std::string(constant) + R"(
sites: [default]
credentials:
  - type: variables
    name: TOKEN
    description: A token.
    variables:
      - {name: ACME_TOKEN, description: The token., sensitive: true}
)";
}

/// Runs `serve` and expects it to refuse: exit code 2, one line, and `words` in it.
void check_refusal(const arguments& flags, const arguments& words, const environment& env = {}) {
  const temporary_folder folder;
  arguments command{"serve"};
  if (std::find(flags.begin(), flags.end(), "--listen") == flags.end())
    command.insert(command.end(), {"--listen", "unix:" + (folder / "s")});
  command.insert(command.end(), flags.begin(), flags.end());
  const auto result = run_cli(command, {}, env);
  BOOST_TEST_CONTEXT(result) {
    BOOST_TEST(result.code == 2);
    BOOST_TEST(one_line(result.err));
    BOOST_TEST(result.out.empty());
    for (const auto& word : words) BOOST_TEST(contains(result.err, word));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reload)

BOOST_AUTO_TEST_CASE(sighup_takes_a_good_folder_and_keeps_the_old_set_when_it_is_broken) {
  const temporary_folder folder;
  write_text(folder / "95-acme.yaml", definition("Acme", "ACME"));
  running_daemon own({}, {"--providers", folder.path().string()});
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  BOOST_TEST(contains(own.http.get("/xpanse/csps/active").body, R"("Vultr","Acme"])"));

  write_text(folder / "96-next.yaml", definition("Next", "NEXT"));
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return contains(own.http.get("/xpanse/csps/active").body, R"("Next")"); }));
  const auto good = own.http.get("/xpanse/csps/active").body;

  std::filesystem::remove(folder / "95-acme.yaml");
  write_text(folder / "97-broken.yaml", definition("Broken", "BROKEN") + "colour: red\n");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(own.daemon.logs("97-broken.yaml:10:1"));
  BOOST_TEST(own.http.get("/xpanse/csps/active").body == good);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 200);
}

BOOST_AUTO_TEST_CASE(a_cached_credential_outlives_its_definition_but_is_not_resolved) {
  const temporary_folder folder;
  write_text(folder / "95-acme.yaml", definition("Acme", "ACME"));
  running_daemon own({}, {"--providers", folder.path().string()});
  BOOST_TEST(own.http.post(users, text(credential("Acme", "default", "TOKEN", {{"ACME_TOKEN", marker}}))).status ==
             204);
  std::filesystem::remove(folder / "95-acme.yaml");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return own.http.get("/v1/resolve?csp=Acme").status == 422; }));
  BOOST_TEST(column(own.http.get("/v1/credentials").json(), "csp") == "Acme");
  BOOST_TEST(own.http.remove("/v1/credentials?csp=Acme").body == R"({"removed":1})");
}

// Found by fuzz_http: the owner that the first rules had found out was used after they were gone.
BOOST_AUTO_TEST_CASE(a_request_is_answered_with_the_configuration_it_began_with) {
  const temporary_folder folder;
  write_text(folder / "config.yaml", "");
  running_daemon own({}, {"--config", folder / "config.yaml"});
  own.http.send_raw(
      "GET /v1/credentials HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  BOOST_TEST(own.http.read_response().status == 100);  // the request is in work now
  write_text(folder / "config.yaml", "access: [{peer: {uid: 4711}}]\n");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return own.connect().get("/v1/credentials").status == 403; }));
  own.http.send_raw("hello");
  BOOST_TEST(own.http.read_response().status == 200);
  BOOST_TEST(own.http.get("/v1/credentials").status == 403);  // the next one on the same connection
}

BOOST_AUTO_TEST_CASE(sigterm_finishes_what_has_begun_and_accepts_nothing_new) {
  daemon_process daemon;
  auto busy = http_client::unix_socket(daemon.socket());
  auto idle = http_client::unix_socket(daemon.socket());
  BOOST_TEST(idle.get("/healthz").status == 200);
  const auto body = text(aws());
  busy.send_raw(
      "POST /xpanse/user/credentials HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: "
      "100-continue\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  BOOST_TEST(busy.read_response().status == 100);  // the request is in work now
  daemon.signal(SIGTERM);
  BOOST_TEST(eventually([&] { return http_client::try_unix(daemon.socket()) == nullptr; }));
  BOOST_TEST(idle.closed_by_peer());
  busy.send_raw(body);
  BOOST_TEST(busy.read_response().status == 204);
  BOOST_TEST(busy.closed_by_peer(5s));  // at once, not when the time to drain is over
  BOOST_TEST(daemon.wait().value_or(-1) == 0);
  BOOST_TEST(!std::filesystem::exists(daemon.socket()));
}

BOOST_AUTO_TEST_CASE(a_request_that_never_ends_does_not_keep_it_forever) {
  const temporary_folder folder;
  write_text(folder / "config.yaml", "limits: {drainTimeout: 1s}\n");
  daemon_process daemon({.flags = {"--config", folder / "config.yaml"}});
  auto stuck = http_client::unix_socket(daemon.socket());
  stuck.send_raw(
      "POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  BOOST_TEST(http_client::unix_socket(daemon.socket()).get("/healthz").status == 200);
  daemon.signal(SIGTERM);
  BOOST_TEST(daemon.wait(5s).value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(a_taken_socket_is_left_alone) {
  running_daemon own;
  check_refusal({"--listen", "unix:" + own.daemon.socket()}, {own.daemon.socket()});
  BOOST_TEST(own.connect().get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(a_stale_socket_is_reclaimed) {
  const temporary_folder folder;
  {
    daemon_process first({.socket = folder / "shared"});
    first.signal(SIGKILL);
    BOOST_TEST(first.wait().value_or(-1) == 128 + SIGKILL);
  }
  BOOST_TEST_REQUIRE(std::filesystem::exists(folder / "shared"));
  daemon_process second({.socket = folder / "shared"});
  BOOST_TEST(http_client::unix_socket(folder / "shared").get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_socket_is_not_replaced) {
  const temporary_folder folder;
  write_text(folder / "file", "mine");
  check_refusal({"--listen", "unix:" + (folder / "file")}, {folder / "file"});
  BOOST_TEST(read_text(folder / "file") == "mine");
}

BOOST_AUTO_TEST_CASE(the_socket_is_for_its_owner_alone) {
  running_daemon own;
  struct stat info {};
  BOOST_TEST_REQUIRE(::stat(own.daemon.socket().c_str(), &info) == 0);
  BOOST_TEST((info.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_key_file_has_its_size_and_its_mode) {
  const temporary_folder folder;
  write_text(folder / "good", std::string(32, 'k'), 0600);
  running_daemon own({}, {"--key-file", folder / "good"});
  BOOST_TEST(text_at(own.http.get("/v1/status").json(), "keySource") == "file");

  write_text(folder / "short", "12345", 0600);
  check_refusal({"--key-file", folder / "short"}, {folder / "short", "5", "32"});
  write_text(folder / "open", std::string(32, 'k'), 0644);
  check_refusal({"--key-file", folder / "open"}, {folder / "open", "644", "600"});
  check_refusal({"--key-file", folder / "missing"}, {folder / "missing"});
}

BOOST_AUTO_TEST_CASE(wrong_flags_and_files_are_refused_in_one_line) {
  const temporary_folder folder;
  check_refusal({"--colour"}, {"--colour"});
  check_refusal({"--listen", "carrier-pigeon"}, {"carrier-pigeon", "unix:"});
  check_refusal({"--default-ttl", "soon"}, {"soon"});
  check_refusal({"--default-ttl", "2h", "--max-ttl", "1h"}, {"2h", "1h"});
  check_refusal({"--workers", "-1"}, {"-1"});
  check_refusal({"--config", folder / "missing.yaml"}, {"missing.yaml"});
  check_refusal({"--providers", folder / "missing"}, {folder / "missing"});

  write_text(folder / "unknown.yaml", "defaultTtl: 1h\ncolour: red\n");
  check_refusal({"--config", folder / "unknown.yaml"}, {"unknown.yaml:2:1", "colour"});
  write_text(folder / "syntax.yaml", "limits: {variables: 3\n");
  check_refusal({"--config", folder / "syntax.yaml"}, {"syntax.yaml:"});
  write_text(folder / "range.yaml", "limits:\n  variables: many\n");
  check_refusal({"--config", folder / "range.yaml"}, {"range.yaml:2:14", "many"});

  write_text(folder / "providers/50-acme.yaml", definition("Acme", "ACME") + "colour: red\n");
  check_refusal({"--providers", folder / "providers"}, {"50-acme.yaml:10:1", "colour"});
}

BOOST_AUTO_TEST_CASE(check_config_says_the_same_without_serving) {
  const temporary_folder folder;
  write_text(folder / "good.yaml", "defaultTtl: 2h\n");
  BOOST_TEST(run_cli({"check-config", "--config", folder / "good.yaml"}).code == 0);
  write_text(folder / "unknown.yaml", "colour: red\n");
  const auto refused = run_cli({"check-config", "--config", folder / "unknown.yaml"});
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(one_line(refused.err));
    BOOST_TEST(contains(refused.err, "unknown.yaml:1:1"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
