// Signals and starts: SIGHUP reloads all or nothing, SIGTERM drains, a start that cannot work says why in one line.
#include <sys/stat.h>

#include "configured_daemon.hpp"
#include "peers.hpp"
#include "tcp.hpp"

namespace reload_test {

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

/// Sends SIGHUP and waits until the reload has taken effect, or has failed.
bool reloads(const daemon_process& daemon, http_client& http) {
  const auto reloads = metric(http, "credcached_reloads_total");
  const auto failures = metric(http, "credcached_reload_failures_total");
  daemon.signal(SIGHUP);
  BOOST_TEST_REQUIRE(eventually(
      [&] {
        return metric(http, "credcached_reloads_total") + metric(http, "credcached_reload_failures_total") ==
               reloads + failures + 1;
      },
      60s));
  return metric(http, "credcached_reloads_total") == reloads + 1;
}

/// A definition with as many variables as a file may name, all of them called after `csp`.
std::string huge_definition(const std::string& csp) {
  std::string text = "csp: " + csp + "\nconstant: " + csp + "\nsites: [default]\ncredentials:\n";
  for (int i = 0; i < 64; ++i) {
    text += "  - type: variables\n    name: N" + std::to_string(i) + "\n    description: d\n    variables:\n";
    for (int j = 0; j < 64; ++j)
      text += "      - {name: " + csp + "_" + std::to_string(i * 64 + j) + ", description: d}\n";
  }
  return text;
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
  BOOST_TEST(contains(own.http.get("/xpanse/csps/active").body, R"("Acme")"));

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
  write_text(folder / "config.yaml", "{}");
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

BOOST_AUTO_TEST_CASE(a_reload_takes_every_setting_wholly) {
  const temporary_folder audits;
  const std::string before = audits / "before", after = audits / "after";
  configured_daemon own("workers: 2\nmaxTtl: 2h\naudit: {to: " + before + "}\n");
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  own.configure(
      "workers: 2\ndefaultTtl: 60s\nmaxTtl: 120s\nlimits: {bodyBytes: 2048, valueBytes: 1024, jsonDepth: 5}\n"
      "logLevel: error\naccess: [{peer: {}, owners: [self], csps: [aws]}, {peer: {}, actions: [admin]}]\n"
      "audit: {to: " +
      after + "}\n");
  BOOST_TEST(reloads(own.daemon, own.http));
  const std::string old_audit = read_text(before);
  for (int i = 0; i < 6; ++i) {  // on every worker
    auto client = own.connect();
    BOOST_TEST(client.post(users, text(aws())).status == 204);
    BOOST_TEST(client.get("/v1/credentials").json().at(0).at("timeToLive").as_int64() == 60);
    BOOST_TEST(client.post(users, text(with(aws(), "timeToLive", 120))).status == 204);
    const auto too_long = client.post(users, text(with(aws(), "timeToLive", 121)));
    BOOST_TEST(too_long.status == 422);
    BOOST_TEST(contains(too_long.details(), "2 min"));
    check_problem(client.post(users, text(huawei())), 403, "Access Denied");
    BOOST_TEST(client.post(users, R"({"csp":[[[[[[1]]]]]]})").status == 400);
    check_problem(client.post(users, text(aws("AKIA0123456789ABCDEF", std::string(2'048, 'x')))), 413,
                  "Payload Too Large");
  }
  BOOST_TEST(read_text(before) == old_audit);
  BOOST_TEST(contains(read_text(after), R"("event":"add")"));
  BOOST_TEST(!contains(own.daemon.log(), "Reloaded"));  // the level was in force when that was said
}

BOOST_AUTO_TEST_CASE(a_file_that_is_half_written_changes_nothing) {
  configured_daemon own("access: [{peer: {uid: " + std::to_string(::geteuid()) + "}, actions: [list, add]}]\n");
  BOOST_TEST(own.http.post(users, text(aws())).status == 204);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 403);
  own.configure("");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return contains(own.daemon.log(), "found nothing, expected settings"); }));
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 403);
}

BOOST_AUTO_TEST_CASE(a_reload_takes_other_tokens) {
  const temporary_folder folder;
  const auto tokens = [&](const std::string& name) {
    return "tokens: [{name: " + name + ", file: " + (folder / name) +
           ", user: alice}]\naccess: [{peer: {}}, {peer: {token: " + name + "}}]\n";
  };
  write_text(folder / "config.yaml", tokens("first"));
  running_daemon own({}, {"--config", folder / "config.yaml", "--listen", "tcp:127.0.0.1:0"});
  auto tcp = http_client::tcp(tcp_port_of(own.daemon));
  const std::string first = token_in(folder / "first");
  BOOST_TEST(tcp.get("/v1/credentials", with_token(first)).status == 200);
  write_text(folder / "config.yaml", tokens("second"));
  BOOST_TEST(reloads(own.daemon, own.http));
  BOOST_TEST(http_client::tcp(tcp_port_of(own.daemon)).get("/v1/credentials", with_token(first)).status == 401);
  BOOST_TEST(http_client::tcp(tcp_port_of(own.daemon))
                 .get("/v1/credentials", with_token(token_in(folder / "second")))
                 .status == 200);
}

BOOST_AUTO_TEST_CASE(a_reload_that_fails_leaves_the_environment_as_it_was) {
  const temporary_folder folder;
  for (const auto* mistake :
       {"access: [{peer: {user: nosuchuser}}]\n", "audit: {to: /nonexistent/folder/audit}\n", "colour: red\n"}) {
    BOOST_TEST_CONTEXT(mistake) {
      std::filesystem::remove(folder / "95-acme.yaml");
      const std::string providers = "providers: " + folder.path().string() + "\n";
      configured_daemon own(providers, {{"ACME_TOKEN", std::string(marker)}});
      write_text(folder / "95-acme.yaml", definition("Acme", "ACME"));
      own.configure(providers + mistake);
      BOOST_TEST(!reloads(own.daemon, own.http));
      BOOST_TEST(own.http.get("/v1/resolve?csp=Acme").status == 422);
      own.configure(providers);
      BOOST_TEST(reloads(own.daemon, own.http));
      BOOST_TEST(contains(own.http.get("/v1/resolve?csp=Acme").body, marker));
      BOOST_TEST(!contains(read_text("/proc/" + std::to_string(own.daemon.pid()) + "/environ"), marker));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_reload_with_more_names_than_there_may_be_is_all_or_nothing) {
  const temporary_folder folder;
  const std::string providers = "workers: 2\nproviders: " + folder.path().string() + "\n";
  const std::string rules = "access: [{peer: {}, csps: [aws]}, {peer: {}, actions: [admin]}]\n";
  configured_daemon own(providers);
  for (int i = 0; i < 9; ++i)
    write_text(folder / ("9" + std::to_string(i) + ".yaml"), huge_definition("H" + std::to_string(i)));
  own.configure(providers + rules);
  const bool taken = reloads(own.daemon, own.http);
  for (int i = 0; i < 6; ++i) {  // on every worker
    auto client = own.connect();
    BOOST_TEST(contains(client.get("/v1/status").body, "\"H8\"") == taken);
    BOOST_TEST((client.post(users, text(huawei())).status == 403) == taken);
  }
  for (int i = 0; i < 9; ++i) std::filesystem::remove(folder / ("9" + std::to_string(i) + ".yaml"));
  write_text(folder / "95-acme.yaml", definition("Acme", "ACME"));
  own.configure(providers);
  BOOST_TEST(reloads(own.daemon, own.http));
  BOOST_TEST(own.http.post(users, text(credential("Acme", "default", "TOKEN", {{"ACME_TOKEN", "t"}}))).status == 204);
}

BOOST_AUTO_TEST_CASE(what_needs_a_restart_is_in_the_log_with_the_value_in_force) {
  const std::string rules = "access: [{peer: {}}]\n";
  const open_daemon own(rules + "workers: 1\ncache: {entries: 1000}\n");
  auto http = http_client::unix_socket(own.socket);
  write_text(own.config, rules + "listen: [{address: \"unix:" + own.socket +
                             "-other\"}]\nworkers: 3\ncache: {entries: 2000}\n"
                             "keyFile: /nonexistent/key\n");
  BOOST_TEST(reloads(own.daemon, http));
  for (const std::string& sentence :
       {"listen needs a restart; still unix:" + own.socket + ".", std::string("workers needs a restart; still 1."),
        std::string("cache.entries needs a restart; still 1000."), std::string("keyFile needs a restart; still none.")})
    BOOST_TEST(own.daemon.logs(sentence));
  BOOST_TEST(metric(http, "credcached_entries_max") == 1'000U);
  BOOST_TEST(http_client::unix_socket(own.socket).get("/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(a_reload_that_reads_for_ever_stops_nobody) {
  configured_daemon own("{}");
  const std::string file = own.folder / "config.yaml";
  std::filesystem::remove(file);
  BOOST_TEST_REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  own.daemon.signal(SIGHUP);
  for (int i = 0; i < 20; ++i) BOOST_TEST(own.connect().get("/healthz").status == 200);
  BOOST_TEST(own.daemon.stop().value_or(-1) == 0);
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

// Whatever is wrong with it, the two say it in the same words.
BOOST_AUTO_TEST_CASE(check_config_refuses_what_serve_refuses) {
  const temporary_folder folder;
  write_text(folder / "key", "short", 0600);
  for (const auto& yaml : std::vector<std::string>{
           "access: [{peer: {user: nobody-here}}]\n", "access: [{peer: {group: nobody-here}}]\n",
           "access: [{peer: {uid: 0}, csps: [nowhere]}]\n", "environment: {OS_PASSWORD: p}\n",
           "environment: {NOT_READ: p}\n", "keyFile: " + (folder / "key") + "\n", "keyFile: " + (folder / "no") + "\n",
           "audit: {to: " + (folder / "no/audit") + "}\n", "audit: {to: " + folder.path().string() + "}\n",
           "tokens: [{name: t, file: " + (folder / "key") + "}]\n", "providers: " + (folder / "no") + "\n",
           "listen: [{address: \"unix:" + (folder / "s") + "\", owner: nobody-here}]\n", "runAs: nobody-here\n"}) {
    const std::string listen = contains(yaml, "listen") ? "" : "listen: [\"unix:" + (folder / "s") + "\"]\n";
    write_text(folder / "c.yaml", yaml + listen);
    const auto checked = run_cli({"check-config", "--config", folder / "c.yaml"});
    const auto served = run_cli({"serve", "--config", folder / "c.yaml"});
    BOOST_TEST_CONTEXT(yaml << checked << served) {
      BOOST_TEST(checked.code == 2);
      BOOST_TEST(one_line(checked.err));
      BOOST_TEST(!contains(checked.out, "ok"));
      BOOST_TEST(served.code == 2);
    }
  }
}

BOOST_AUTO_TEST_CASE(check_config_and_serve_warn_of_the_same) {
  const temporary_folder folder;
  const std::string config = folder / "config.yaml";
  write_text(config, "access: [{peer: {}, actions: [list]}]\n", 0666);
  BOOST_TEST_REQUIRE(::chmod(config.c_str(), 0666) == 0);
  const auto checked = run_cli({"check-config", "--config", config});
  const auto strict = run_cli({"check-config", "--strict", "--config", config});
  BOOST_TEST_CONTEXT(checked << strict) {
    BOOST_TEST(checked.code == 0);
    BOOST_TEST(contains(checked.out, "ok"));
    BOOST_TEST(strict.code == 2);
    BOOST_TEST(strict.err == checked.err);
    for (const auto* warning : {"credcached: warning: ", "(action admin)", "found mode 0666"})
      BOOST_TEST(contains(checked.err, warning), warning);
  }
  const daemon_process daemon({.flags = {"--config", config}});
  BOOST_TEST(daemon.logs("(action admin)"));
  BOOST_TEST(daemon.logs("found mode 0666"));
  BOOST_TEST_REQUIRE(::chmod(config.c_str(), 0600) == 0);
  const auto quiet = run_cli({"check-config", "--strict", "--providers", "", "--config", config});
  BOOST_TEST(!contains(quiet.err, "found mode"), quiet.err);
}

BOOST_AUTO_TEST_CASE(check_config_says_which_line_decides) {
  const temporary_folder folder;
  const std::string config = folder / "config.yaml";
  write_text(config,
             "access:\n"
             "  - {peer: {user: daemon}, actions: [resolve], owners: [shared], csps: [aws]}\n"
             "  - {peer: {uid: 0}, owners: [\"*\"]}\n"
             "  - {peer: {group: bin}, decision: refuse}\n");
  const auto ask = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all{"check-config", "--config", config};
    all.insert(all.end(), words.begin(), words.end());
    const auto answer = run_cli(all);
    return std::to_string(answer.code) + " " + answer.out;
  };
  BOOST_TEST(ask({"--as", "daemon", "--action", "resolve", "--owner", "shared", "--csp", "aws"}) ==
             "0 allowed by line 2\n");
  BOOST_TEST(ask({"--as", "daemon", "--action", "resolve"}) == "1 refused: no rule matches\n");
  BOOST_TEST(ask({"--as", "bin", "--action", "resolve"}) == "1 refused by line 4\n");
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--as", "daemon"},
                                                {"--action", "list"},
                                                {"--as", "nobody-here", "--action", "list"},
                                                {"--as", "daemon", "--action", "read"},
                                                {"--as", "daemon", "--action", "list", "--csp", "nowhere"},
                                                {"--owner", "shared"}})
    BOOST_TEST(ask(wrong) == "2 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace reload_test
