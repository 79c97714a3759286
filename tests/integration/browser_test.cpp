// S8 in a real browser: a page of somebody else tries what pages can try. Nothing is stored, nothing is read.
#include <unistd.h>

#include <filesystem>

#include "page_server.hpp"
#include "scenario.hpp"
#include "tcp.hpp"

namespace browser_test {

using namespace credcached::testing;

namespace {

/// The browser's program, or nothing.
std::string chromium() {
  for (const auto* name : {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"})
    if (std::filesystem::exists(name)) return name;
  return {};
}

/// The page at `url` after its scripts have run. evil.test leads to this machine, as after a rebinding.
std::string visit(const std::string& url) {
  const temporary_folder profile;
  const auto result =
      run({chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
           "--user-data-dir=" + profile.path().string(), "--host-resolver-rules=MAP evil.test 127.0.0.1",
           "--virtual-time-budget=20000", "--dump-dom", url},
          {}, {{"HOME", profile.path().string()}});
  BOOST_TEST_CONTEXT(result) BOOST_TEST(result.code == 0);
  return result.out;
}

/// A page that tries everything against DAEMON and writes down what came of it.
constexpr std::string_view attack = R"html(<!doctype html><title>attack</title><body>
<iframe name="frame"></iframe>
<form id="form" method="post" enctype="text/plain" target="frame"><input name="x"></form>
<script>
const body = 'BODY', bearer = {Authorization: 'Bearer TOKEN', 'X-Credential-User': 'alice'};
const read = target => `${target}/v1/resolve?csp=aws`;
const write = target => `${target}/xpanse/user/credentials`;
const results = [];
async function attempt(name, url, options) {
  try {
    const answer = await fetch(url, options);
    results.push(`${name}=${answer.type}:${answer.status}:${await answer.text()}`);
  } catch (error) {
    results.push(`${name}=blocked`);
  }
}
const settled = element => new Promise(done => { element.onload = element.onerror = done; setTimeout(done, 2000); });
const loaded = element => { document.body.append(element); return settled(element); };
async function everything() {
  for (const target of ['http://127.0.0.1:DAEMON', 'http://localhost:DAEMON', 'http://evil.test:DAEMON']) {
    await attempt('simple-post', write(target), {method: 'POST', mode: 'no-cors', headers: {'Content-Type': 'text/plain'}, body});
    await attempt('json-post', write(target), {method: 'POST', headers: {'Content-Type': 'application/json'}, body});
    await attempt('token-post', write(target), {method: 'POST', headers: {'Content-Type': 'application/json', ...bearer}, body});
    await attempt('no-cors-get', read(target), {mode: 'no-cors'});
    await attempt('credentials-get', read(target), {credentials: 'include'});
    await attempt('token-get', read(target), {headers: bearer});
    navigator.sendBeacon(write(target), body);
    const script = document.createElement('script');
    script.src = read(target) + '&format=shell';
    await loaded(script);
    const image = document.createElement('img');
    image.src = read(target);
    await loaded(image);
    const frame = document.createElement('iframe');
    frame.src = read(target);
    await loaded(frame);
    const form = document.getElementById('form');
    form.action = write(target);
    const posted = settled(document.getElementsByName('frame')[0]);
    form.submit();
    await posted;
  }
  document.body.textContent = results.join(' ') + ' DONE';
}
everything();
</script>)html";

std::string filled(std::string_view page, const std::vector<std::pair<std::string, std::string>>& words) {
  std::string text(page);
  for (const auto& [word, value] : words)
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size()))
      text.replace(at, word.size(), value);
  return text;
}

struct victim {
  page_server page;
  temporary_folder folder;
  daemon_process daemon;
  std::uint16_t port;
  std::string token;
  http_client local;

  explicit victim(std::string_view yaml = "{}")
      : daemon((write_text(folder / "config.yaml", filled(yaml, {{"PAGE", std::to_string(page.port())}})),
                daemon_options{.flags = {"--config", folder / "config.yaml", "--listen", "tcp:127.0.0.1:0",
                                         "--token-file", folder / "token"}})),
        port(tcp_port_of(daemon)),
        token(token_in(folder / "token")),
        local(http_client::unix_socket(daemon.socket())) {
    BOOST_TEST_REQUIRE(local.post(users, text(aws()), as_user("alice")).status == 204);
  }
  /// What the attack page looks like after all its attempts.
  std::string attacked() {
    auto body = text(credential("DigitalOcean", "default", "ACCESS_TOKEN", {{"DIGITALOCEAN_TOKEN", "planted"}}));
    page.serve(filled(attack, {{"DAEMON", std::to_string(port)}, {"TOKEN", token}, {"BODY", body}}));
    return visit("http://evil.test:" + std::to_string(page.port()) + "/");
  }
  std::uint64_t metric(std::string_view name) {
    const auto all = local.get("/metrics").body;
    const auto at = all.find("\n" + std::string(name) + " ");
    return at == std::string::npos ? 0 : std::stoull(all.substr(at + name.size() + 2));
  }
};

struct with_chromium {
  boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
    if (!chromium().empty()) return true;
    skip("browser", "there is no Chromium here");
    return false;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(browser, *boost::unit_test::precondition(with_chromium()))

BOOST_AUTO_TEST_CASE(a_page_neither_reads_nor_stores_although_it_knows_the_token) {
  victim own;
  const auto seen = own.attacked();
  BOOST_TEST_CONTEXT(seen) {
    BOOST_TEST(contains(seen, "DONE"));
    BOOST_TEST(!contains(seen, marker));
    for (const auto* attempt : {"json-post", "token-post", "credentials-get", "token-get"})
      BOOST_TEST(contains(seen, std::string(attempt) + "=blocked"));
    for (const auto* attempt : {"simple-post", "no-cors-get"})
      BOOST_TEST(contains(seen, std::string(attempt) + "=opaque:0: "));
    BOOST_TEST(!contains(seen, ":200:"));
  }
  BOOST_TEST(own.metric("credcached_credentials_added_total") == 1U);  // the test's own
  BOOST_TEST(own.metric("credcached_credentials_resolved_total") == 0U);
  BOOST_TEST(own.metric("credcached_problems_total{error_type=\"Access Denied\"}") >= 30U);  // they did come here
  BOOST_TEST(own.metric("credcached_problems_total{error_type=\"Unauthorized\"}") ==
             0U);  // and were told apart at once
}

// A rebound name makes the page and the daemon one origin: no rule of the browser is left, only ours.
BOOST_AUTO_TEST_CASE(a_rebound_name_is_refused_even_where_the_browser_sees_one_origin) {
  victim own;
  const auto seen = visit("http://evil.test:" + std::to_string(own.port) + "/v1/resolve?csp=aws&user=alice");
  BOOST_TEST_CONTEXT(seen) {
    BOOST_TEST(contains(seen, "Access Denied"));
    BOOST_TEST(contains(seen, "Host"));
    BOOST_TEST(!contains(seen, marker));
  }
  BOOST_TEST(own.metric("credcached_credentials_resolved_total") == 0U);
}

// The control: the same page, where the configuration names it, gets through with the token.
BOOST_AUTO_TEST_CASE(the_same_page_gets_through_where_the_configuration_names_it) {
  victim own("corsOrigins: [\"http://evil.test:PAGE\"]\n");
  const auto seen = own.attacked();
  BOOST_TEST_CONTEXT(seen) {
    BOOST_TEST(contains(seen, "token-get=cors:200:"));
    BOOST_TEST(contains(seen, "token-post=cors:204:"));
    BOOST_TEST(contains(seen, marker));
    BOOST_TEST(contains(seen, "json-post=cors:401:"));  // not without it
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace browser_test
