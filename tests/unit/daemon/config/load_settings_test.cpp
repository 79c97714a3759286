#include "config/load_settings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

#include "config/duration.hpp"

namespace load_settings_test {

using namespace credcached::config;
using namespace std::chrono_literals;

namespace {

settings parse(const std::string& text) {
  return parse_settings(text, "c.yaml");
}

std::string configuration(const std::string& name) {
  return SOURCE_FOLDER "/etc/credcached/" + name;
}

std::string content(const std::string& file) {
  std::ifstream in(file);
  BOOST_REQUIRE_MESSAGE(in, file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Compares every member: a new one breaks the structured bindings and so this compilation.
void expect_defaults(const settings& found) {
  const settings expected;
  const auto& [file, listeners, providers, key_file, lifetime, workers, tokens, access, cors, several, environment,
               cache, limits, audit, outgoing, log_level, run_as] = found;
  BOOST_TEST(listeners.empty());
  BOOST_TEST(providers == expected.providers);
  BOOST_TEST(key_file == expected.key_file);
  BOOST_TEST((lifetime.standard == expected.lifetime.standard));
  BOOST_TEST((lifetime.longest == expected.lifetime.longest));
  BOOST_TEST(workers == expected.workers);
  BOOST_TEST(tokens.empty());
  BOOST_TEST(access.empty());
  BOOST_TEST(cors.empty());
  BOOST_TEST((several == expected.several));
  BOOST_TEST(environment.empty());
  BOOST_TEST(log_level == expected.log_level);
  BOOST_TEST(!run_as);
  BOOST_TEST(file != "");

  const auto& [connections, per_uid, header_bytes, body_bytes, variables, value_bytes, depth, in_flight, header_timeout,
               body_timeout, idle_timeout, request_timeout, drain_timeout, rate, burst] = limits;
  BOOST_TEST(connections == expected.limits.connections);
  BOOST_TEST(per_uid == expected.limits.connections_per_uid);
  BOOST_TEST(header_bytes == expected.limits.header_bytes);
  BOOST_TEST(body_bytes == expected.limits.body_bytes);
  BOOST_TEST(variables == expected.limits.variables);
  BOOST_TEST(value_bytes == expected.limits.value_bytes);
  BOOST_TEST(depth == expected.limits.json_depth);
  BOOST_TEST(in_flight == expected.limits.memory_in_flight_bytes);
  BOOST_TEST((request_timeout == expected.limits.request_timeout));
  BOOST_TEST((header_timeout == expected.limits.header_timeout));
  BOOST_TEST((body_timeout == expected.limits.body_timeout));
  BOOST_TEST((idle_timeout == expected.limits.idle_timeout));
  BOOST_TEST((drain_timeout == expected.limits.drain_timeout));
  BOOST_TEST(!rate);
  BOOST_TEST(burst == expected.limits.requests_burst);

  const auto& [entries, bytes, per_owner, eviction] = cache;
  BOOST_TEST(entries == expected.cache.entries);
  BOOST_TEST(bytes == expected.cache.bytes);
  BOOST_TEST(per_owner == expected.cache.entries_per_owner);
  BOOST_TEST((eviction == expected.cache.eviction));

  const auto& [to, on_failure] = audit;
  BOOST_TEST(to == expected.audit.to);
  BOOST_TEST((on_failure == expected.audit.on_failure));
  BOOST_TEST((outgoing == expected.outgoing));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loading_settings)

BOOST_AUTO_TEST_CASE(a_file_of_comments_means_the_defaults_and_an_empty_one_is_half_written) {
  for (const char* text : {"", "\n", " \n\t"}) {
    BOOST_CHECK_EXCEPTION((void)parse(text), config_error, [](const config_error& e) {
      return std::string_view(e.what()) ==
             "c.yaml:1:1: found nothing, expected settings, or a comment if the defaults are meant";
    });
  }
  for (const char* text : {"# nothing\n", "---\n", "~\n", "{}\n"}) expect_defaults(parse(text));
}

BOOST_AUTO_TEST_CASE(the_full_file_shows_every_key_and_changes_nothing) {
  const auto file = configuration("config.full.yaml");
  expect_defaults(load_settings(file));
  const auto text = content(file);
  for (const auto& key : known_keys()) {
    const auto name = key.substr(key.rfind('.') + 1);
    BOOST_TEST(std::regex_search(text, std::regex("(^|[\\s{])" + name + ":")), key);
  }
}

BOOST_AUTO_TEST_CASE(the_documents_say_how_long_a_credential_lives_by_default) {
  const std::string life = ", " + format_duration(settings{}.lifetime.standard) + " to live\n";
  for (const char* document : {"README.md", "docs/cli.md"})
    BOOST_TEST(content(std::string(SOURCE_FOLDER "/") + document).find(life) != std::string::npos, document);
}

BOOST_AUTO_TEST_CASE(values_that_are_no_secret_are_text_in_one_line) {
  const auto s = parse("environment:\n  OS_REGION_NAME: R\n  PORT: 5000\n");
  BOOST_REQUIRE(s.environment.size() == 2);
  BOOST_TEST(s.environment[1].name == "PORT");
  BOOST_TEST(s.environment[1].value == "5000");
  BOOST_TEST(s.environment[1].line == 3U);
  const auto refusal = [](const std::string& value) -> std::string {
    try {
      static_cast<void>(parse("environment:\n  NAME: " + value + "\n"));
      return "";
    } catch (const config_error& e) {
      return e.what();
    }
  };
  const std::string expected = ", expected a value in one line that is not blank";
  BOOST_TEST(refusal("") == "c.yaml:2:3: found nothing" + expected);
  BOOST_TEST(refusal("' '") == "c.yaml:2:9: found a blank value" + expected);
  BOOST_TEST(refusal("[a]") == "c.yaml:2:9: found a list" + expected);
  BOOST_TEST(refusal("{a: b}") == "c.yaml:2:9: found a map" + expected);
  for (const auto* value : {R"("a\0b")", R"("a\nb")"})
    BOOST_TEST(refusal(value).starts_with("c.yaml:2:9: found"), value);
  BOOST_TEST(refusal(std::string(65'536, 'v')).starts_with("c.yaml:2:9: found 65536 bytes, expected at most 65535"));
  BOOST_TEST(refusal("\xff").starts_with("c.yaml"));
}

BOOST_AUTO_TEST_CASE(a_rule_knows_its_line) {
  const auto s = parse("access:\n  - {peer: {}}\n  -\n    peer: {}\n");
  BOOST_REQUIRE(s.access.size() == 2);
  BOOST_TEST(s.access[0].line == 2U);
  BOOST_TEST(s.access[1].line == 4U);
}

BOOST_AUTO_TEST_CASE(the_minimal_file_is_right) {
  const auto s = load_settings(configuration("config.yaml"));
  BOOST_REQUIRE(s.listeners.size() == 1);
  BOOST_TEST(s.listeners[0].path == "/run/credcached/credcached.sock");
  BOOST_TEST(s.listeners[0].mode == mode_t{0660});
}

BOOST_AUTO_TEST_CASE(reads_every_key) {
  const auto s = parse(R"(
access:                      # before the tokens it names, on purpose
  - peer: {user: ann, group: staff, uid: 7, gid: 8, token: runner}
    actions: [add, list, remove, resolve, verify, admin]
    owners: [alice, "isv:acme", self, "*"]
    csps: [aws, "*"]
    decision: refuse
  - peer: {}
listen:
  - unix:/a.sock
  - {address: "unix:/b.sock", mode: "0660", owner: root, group: "12"}
  - {hosts: [runner.example], trustProxy: true, address: "tcp:[::1]:0"}
providers: /p
keyFile: /k
defaultTtl: 90
maxTtl: 1d
workers: 3
tokens: [{name: runner, file: /t, user: bob}]
corsOrigins: ["https://portal.example:8443"]
cache: {entries: 1, bytes: 65536, credentialsPerOwner: 2, eviction: soonest-expiry}
limits: {connections: 3, connectionsPerUid: 4, headerBytes: 1024, bodyBytes: 2048, variables: 5, valueBytes: 6,
         jsonDepth: 7, memoryInFlightBytes: 1048576, headerTimeout: 1s, bodyTimeout: 2, idleTimeout: 3m,
         requestTimeout: 4s, drainTimeout: 0s, requestsPerSecond: 2.5, requestsBurst: 9}
audit: {to: /var/log/a, onFailure: refuse}
logLevel: warning
runAs: nobody
)");
  BOOST_TEST(s.config_file == "c.yaml");
  BOOST_REQUIRE(s.listeners.size() == 3);
  BOOST_TEST(s.listeners[0].path == "/a.sock");
  BOOST_TEST(s.listeners[0].mode == mode_t{0600});
  BOOST_TEST(s.listeners[1].mode == mode_t{0660});
  BOOST_TEST(s.listeners[1].owner.value() == "root");
  BOOST_TEST(s.listeners[1].group.value() == "12");
  BOOST_TEST(s.listeners[2].host == "::1");
  BOOST_TEST(s.listeners[2].trust_proxy);
  BOOST_TEST(s.listeners[2].hosts.at(0) == "runner.example");
  BOOST_TEST(s.providers == "/p");
  BOOST_TEST(s.key_file == "/k");
  BOOST_TEST((s.lifetime.standard == 90s));
  BOOST_TEST((s.lifetime.longest == 86'400s));
  BOOST_TEST(s.workers == 3U);
  BOOST_REQUIRE(s.tokens.size() == 1);
  BOOST_TEST(s.tokens[0].user.value() == "bob");
  BOOST_REQUIRE(s.access.size() == 2);
  const auto& rule = s.access[0];
  BOOST_TEST(rule.user.value() == "ann");
  BOOST_TEST(rule.group.value() == "staff");
  BOOST_TEST(rule.uid.value() == 7U);
  BOOST_TEST(rule.gid.value() == 8U);
  BOOST_TEST(rule.token.value() == "runner");
  BOOST_TEST(rule.actions.size() == 6U);
  BOOST_TEST((rule.actions.back() == action::admin));
  BOOST_TEST(rule.owners.size() == 4U);
  BOOST_TEST(rule.csps.size() == 2U);
  BOOST_TEST(!rule.allow);
  BOOST_TEST((!s.access[1].user && !s.access[1].uid && s.access[1].allow));
  BOOST_TEST(s.cors_origins.at(0) == "https://portal.example:8443");
  BOOST_TEST(s.cache.entries == 1U);
  BOOST_TEST(s.cache.bytes == 65536U);
  BOOST_TEST(s.cache.entries_per_owner == 2U);
  BOOST_TEST((s.cache.eviction == credcache::eviction_policy::soonest_expiry));
  BOOST_TEST(s.limits.json_depth == 7U);
  BOOST_TEST((s.limits.idle_timeout == 180s));
  BOOST_TEST((s.limits.request_timeout == 4s));
  BOOST_TEST((s.limits.drain_timeout == 0s));
  BOOST_TEST(s.limits.memory_in_flight_bytes == 1'048'576U);
  BOOST_TEST(s.limits.requests_per_second.value() == 2.5);
  BOOST_TEST(s.limits.requests_burst == 9U);
  BOOST_TEST(s.audit.to == "/var/log/a");
  BOOST_TEST((s.audit.on_failure == audit_failure::refuse));
  BOOST_TEST(s.log_level == "warning");
  BOOST_TEST(s.run_as.value() == "nobody");
}

BOOST_AUTO_TEST_CASE(says_where_what_was_found_and_what_was_expected) {
  const std::tuple<std::string, const char*, const char*> cases[] = {
      {"lisen: []", "c.yaml:1:1: found the unknown key \"lisen\"", "expected one of listen, providers"},
      {"\n\n  maxTtl: 1y", "c.yaml:3:11: found \"1y\"", "expected a duration such as 90s"},
      {"defaultTtl: 0", "c.yaml:1:13: found \"0\"", "from 1s to"},
      {"defaultTtl: [1]", "c.yaml:1:13: found a list", "expected a duration"},
      {"defaultTtl: 2h\nmaxTtl: 1h", "c.yaml:2:9: found a default time to live of 2h", "defaultTtl <= maxTtl"},
      {"defaultTtl: 60d", "c.yaml:1:13: found", "defaultTtl <= maxTtl"},
      {"workers: -1", "c.yaml:1:10: found \"-1\"", "a whole number from 0 to 1024"},
      {"workers:", "found nothing", "a whole number"},
      {"workers: 1\nworkers: 2", "c.yaml:2:1: found the key \"workers\" again", "each key once"},
      {"cache: {entries: 99999999999999999999}", "c.yaml:1:18: found", "a whole number"},
      {"cache: {evict: x}", "c.yaml:1:9: found the unknown key \"evict\"", "eviction"},
      {"cache: {eviction: lru}", "found \"lru\"", "one of refuse, soonest-expiry"},
      {"cache: 5", "c.yaml:1:8: found \"5\"", "a map"},
      {"limits: {connections: 0}", "found \"0\"", "from 1"},
      {"limits: {memoryInFlightBytes: 1048575}", "found \"1048575\"", "from 1048576"},
      {"limits: {variables: 65}", "found \"65\"", "from 1 to 64"},
      {"limits: {valueBytes: 65536}", "found \"65536\"", "from 1 to 65535"},
      {"limits: {requestTimeout: 0}", "found \"0\"", "from 1s to 1h"},
      {"limits: {requestsPerSecond: 0}", "found \"0\"", "from 0.001"},
      {"limits: {requestsPerSecond: 1e-300}", "found \"1e-300\"", "from 0.001"},
      {"limits: {requestsPerSecond: nan}", "found \"nan\"", "from 0.001"},
      {"limits: {bodyBytes: 1024, valueBytes: 1025}", "c.yaml:1:9: found valueBytes over bodyBytes", "room"},
      {"listen: unix:/x", "c.yaml:1:9: found \"unix:/x\"", "expected a list"},
      {"listen: [x]", "c.yaml:1:10: found \"x\"", "expected unix:/absolute/path"},
      {"listen: ['tcp:10.0.0.1:1']", "c.yaml:1:10: found", "a TLS proxy or an SSH tunnel"},
      {"listen: [{mode: '0600'}]", "c.yaml:1:10: found a listener without address", "address:"},
      {"listen: [{address: 'unix:/x', mode: 660}]", "found \"660\"", "an octal mode"},
      {"listen: [{address: 'unix:/x', mode: '0690'}]", "found \"0690\"", "an octal mode"},
      {"listen: [{address: 'unix:/x', mode: '01777'}]", "found \"01777\"", "an octal mode"},
      {"listen: [{address: 'unix:/x', mode: ''}]", "found \"\"", "an octal mode"},
      {"listen: [{address: 'unix:/x', mode: '0666'}]", "found a socket that everybody may open", "rules in access"},
      {"listen: [{address: 'unix:/x', hosts: [a]}]", "found hosts for unix:/x", "tcp: addresses only"},
      {"listen: [{address: 'tcp:127.0.0.1:1', mode: '0600'}]", "found mode for tcp:127.0.0.1:1",
       "unix: addresses only"},
      {"tokens: [{name: a}]", "c.yaml:1:10: found an incomplete token", "name and file"},
      {"tokens: [{name: a, file: /a}, {name: a, file: /b}]", "found a second token named \"a\"", "different names"},
      {"access: [{peer: {token: b}}]", "c.yaml:1:10: found a rule for the unknown token \"b\"", "a name from tokens"},
      {"access: [{peer: {uid: 4294967295}}]", "found \"4294967295\"", "a whole number"},
      {"access: [{owners: ['*']}]", "c.yaml:1:10: found a rule without peer", "peer: {}"},
      {"access: [{peer: {}, actions: [read]}]", "c.yaml:1:31: found \"read\"", "one of add, list, remove"},
      {"access: [{peer: {}, owners: ['isv:']}]", "found \"isv:\"", "isv:NAME"},
      {"access: [{peer: {}, decision: deny}]", "found \"deny\"", "one of allow, refuse"},
      {"corsOrigins: ['*']", "found \"*\"", "an origin such as"},
      {"corsOrigins: ['https://']", "found", "an origin such as"},
      {"corsOrigins: ['https://a/b']", "found", "an origin such as"},
      {"audit: {to: log.json}", "found \"log.json\"", "the absolute path"},
      {"audit: {onFailure: stop}", "found \"stop\"", "one of count, refuse"},
      {"logLevel: loud", "found \"loud\"", "one of info, warning"},
      {"providers: \"a\\0b\"", "found text with control characters", "without control characters"},
      {"- a", "c.yaml:1:1: found a list", "a map of keys and values"},
      {"text", "c.yaml:1:1: found \"text\"", "a map of keys and values"},
      {"a: b: c", "c.yaml:1:5: found no valid YAML", "expected one document of lines such as"},
      {"{a: [", "found no valid YAML", "expected one document of lines such as"},
      {"? [a]\n: b", "found a list", "expected a key"},
      {std::string("w\0o\0", 4), "c.yaml:1:1: found text in UTF-16", "expected text in UTF-8"},
      {"\xff\xfe", "c.yaml:1:1: found text in UTF-16", "expected text in UTF-8"},
      {"# p\xe4ss", "c.yaml:1:1: found bytes that are not UTF-8", "expected text in UTF-8"},
      {"workers: 1\n---\nworkers: 2", "c.yaml:2:1: found a second document", "one in a file"},
      {"a: \"\\\x7f\"", "found no valid YAML (unknown escape character: ?)", "one document"},
      {"workers: *nowhere", "found no valid YAML", "expected one document of lines such as"},
      {"tokens: &t []\nlisten: *t", "c.yaml:1:9: found an anchor or alias of YAML", "the text itself"},
      {"listen: [{address: 'tcp:127.0.0.1:1', trustProxy: 'true'}]", "found \"true\"", "expected true or false"},
  };
  for (const auto& [text, found, expected] : cases)
    BOOST_CHECK_EXCEPTION(static_cast<void>(parse(text)), config_error, [&](const config_error& e) {
      const std::string what = e.what();
      BOOST_TEST_CONTEXT(text << "\n" << what) {
        BOOST_TEST(what.find(found) != std::string::npos);
        BOOST_TEST(what.find(expected) != std::string::npos);
        BOOST_TEST(what.find(", expected ") != std::string::npos);
        BOOST_TEST(what.find('\n') == std::string::npos);
      }
      return what.starts_with("c.yaml:");
    });
}

BOOST_AUTO_TEST_CASE(the_token_of_the_flag_may_be_named_by_a_rule) {
  BOOST_TEST(parse("access: [{peer: {token: default}}]").access.size() == 1U);
}

BOOST_AUTO_TEST_CASE(hostile_text_is_refused_not_followed) {
  std::string aliases = "a: &a [x";
  for (int i = 0; i < 2'000; ++i) aliases += ", x";
  const std::string cases[] = {
      std::string(100'000, '['),
      std::string(100'000, '{'),
      "access: " + std::string(5'000, '['),
      "listen: &l [*l]",
      "access: &a [{peer: {}, owners: *a}]",
      "tokens: " + aliases + "]",
      ",",  // the YAML library finds documents without end in this
      ",\nworkers: 1",
      std::string("\0\xff\xfe", 3),
      "\xef\xbb\xbf\xef\xbb\xbf!!binary x",
      "limits: !!map [a]",
      std::string(longest_config_file + 1, ' '),
  };
  for (const auto& text : cases) BOOST_CHECK_THROW(static_cast<void>(parse(text)), config_error);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named) {
  for (const char* file : {"/nowhere/c.yaml", "/"})
    BOOST_CHECK_EXCEPTION(static_cast<void>(load_settings(file)), config_error, [&](const config_error& e) {
      return std::string_view(e.what()).find(file) != std::string_view::npos;
    });
}

BOOST_AUTO_TEST_CASE(a_pipe_is_refused_and_not_waited_for) {
  char folder[] = "/tmp/load_settings_test.XXXXXX";
  BOOST_REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string pipe = std::string(folder) + "/config.yaml";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const auto& file : {pipe, std::string("/dev/zero")})
    BOOST_CHECK_EXCEPTION(static_cast<void>(load_settings(file)), config_error, [&](const config_error& e) {
      return e.what() == "configuration file " + file +
                             ": found something that is not a regular file, expected one: choose another";
    });
  ::unlink(pipe.c_str());
  ::rmdir(folder);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace load_settings_test
