// The main job, as a person does it: every step by the command line of the real executable.
#include <regex>

#include "pseudo_terminal.hpp"
#include "scenario.hpp"

namespace session_test {

using namespace credcached::testing;

namespace {

const arguments which{"--csp", "HuaweiCloud", "--site", "Chinese Mainland"};

arguments words(std::string_view verb, const arguments& more = {}) {
  arguments all{std::string(verb)};
  all.insert(all.end(), which.begin(), which.end());
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct session : running_daemon {
  outcome add(const arguments& more = {}, std::string_view secret = marker) {
    const auto access = daemon.folder() / "access";
    write_text(access, "access-1\n", 0600);
    auto all = words("add", more);
    all.insert(all.end(), {"HW_ACCESS_KEY=@" + access, "HW_SECRET_KEY=-"});
    return daemon.cli(all, std::string(secret) + "\n");
  }
  arguments exec(const arguments& command, const arguments& flags = {}) const {
    auto all = words("exec", flags);
    all.push_back("--");
    all.insert(all.begin() + 1, {"--socket", daemon.socket()});
    all.insert(all.begin(), CREDCACHED_EXECUTABLE);
    all.insert(all.end(), command.begin(), command.end());
    return all;
  }
  int resolve_status() { return http.get("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland").status; }
};

/// What stands behind `title` in a table, "no such row" without it.
std::string row(std::string_view table, std::string_view title) {
  const std::regex line("(?:^|\n)" + std::string(title) + " {2,}([^\n]*)");
  std::match_results<std::string_view::const_iterator> found;
  return std::regex_search(table.begin(), table.end(), found, line) ? found[1].str() : "no such row";
}

constexpr std::string_view huawei_json =
    R"({"csp":"HuaweiCloud","site":"Chinese Mainland","type":"variables","name":"AK_SK","variables":[)"
    R"({"name":"HW_ACCESS_KEY","value":"access-1"},{"name":"HW_SECRET_KEY","value":"MARKER-4d1f7c-secret"}]})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_of_the_main_job, session)

BOOST_AUTO_TEST_CASE(what_was_added_is_listed_explained_and_handed_to_a_command) {
  BOOST_TEST(add({"--ttl", "10d"}).code == 0);

  const auto table = daemon.cli({"list"});
  BOOST_TEST_CONTEXT(table) {
    BOOST_TEST(table.code == 0);
    for (const auto* part : {"HuaweiCloud", "Chinese Mainland", "AK_SK"}) BOOST_TEST(contains(table.out, part));
    BOOST_TEST(contains(table.out, "9 d 23 h"));  // remaining life
    BOOST_TEST(!contains(table.out, marker));
  }
  const auto details = daemon.cli({"list", "--long"});
  BOOST_TEST_CONTEXT(details) {
    BOOST_TEST(contains(details.out, nine_asterisks));
    BOOST_TEST(!contains(details.out, marker));
  }
  const auto list = daemon.cli({"list", "--json"});
  BOOST_TEST_CONTEXT(list) {
    const auto item = json::parse(list.out).at(0);
    BOOST_TEST(item.at("variables").at(1).at("value").as_string() == nine_asterisks);
    BOOST_TEST(item.at("remaining").as_int64() / 86'400 == 9);
    BOOST_TEST(!contains(list.out, marker));
  }
  const auto explained = daemon.cli(words("explain"));
  BOOST_TEST_CONTEXT(explained) {
    BOOST_TEST(explained.code == 0);
    for (const auto* part : {"HW_ACCESS_KEY", "HW_SECRET_KEY", "cache"}) BOOST_TEST(contains(explained.out, part));
    BOOST_TEST(!contains(explained.out, marker));
    BOOST_TEST(!contains(explained.out, "\x1b["));  // colour is for terminals only
  }
  const auto printed = run(exec({"/bin/sh", "-c", "printf '%s %s' \"$HW_ACCESS_KEY\" \"$HW_SECRET_KEY\""}));
  BOOST_TEST_CONTEXT(printed) {
    BOOST_TEST(printed.code == 0);
    BOOST_TEST(printed.out == "access-1 " + std::string(marker));
  }
}

BOOST_AUTO_TEST_CASE(a_credential_is_added_from_json) {
  const auto added = daemon.cli({"add", "--from-json", "-"}, huawei_json);
  BOOST_TEST_CONTEXT(added) BOOST_TEST(added.code == 0);
  BOOST_TEST(resolve_status() == 200);

  const auto file = daemon.folder() / "nexus.json";
  write_text(
      file,
      R"({"csp":"aws","name":"ACCESS_KEY","credentials":{"access_key":"AKIA0123456789ABCDEF","secret_key":"s"}})");
  const auto nexus = daemon.cli({"add", "--from-json", file});
  BOOST_TEST_CONTEXT(nexus) BOOST_TEST(nexus.code == 0);
  BOOST_TEST(http.get("/v1/resolve?csp=aws").status == 200);
}

BOOST_AUTO_TEST_CASE(prompts_ask_for_each_variable_and_do_not_echo_secrets) {
  auto command = words("add", {"--socket", daemon.socket()});
  command.insert(command.begin(), CREDCACHED_EXECUTABLE);
  pseudo_terminal terminal(command, {{"TERM", "xterm"}});
  terminal.expect("HW_ACCESS_KEY");
  BOOST_TEST(terminal.echo_is(false));
  terminal.type("typed-access-key");
  terminal.expect("HW_SECRET_KEY");
  BOOST_TEST(terminal.echo_is(false));
  terminal.type(marker);
  BOOST_TEST_CONTEXT(terminal.transcript()) {
    BOOST_TEST(terminal.wait().value_or(-1) == 0);
    BOOST_TEST(!contains(terminal.transcript(), marker));
    BOOST_TEST(!contains(terminal.transcript(), "typed-access-key"));
  }
  const auto answer = http.get("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland").json();
  BOOST_TEST(text_at(answer.at("variables"), "HW_SECRET_KEY") == marker);
  BOOST_TEST(text_at(answer.at("variables"), "HW_ACCESS_KEY") == "typed-access-key");
}

BOOST_AUTO_TEST_CASE(the_terminal_echoes_again_after_an_interrupted_prompt) {
  auto command = words("add", {"--socket", daemon.socket()});
  command.insert(command.begin(), CREDCACHED_EXECUTABLE);
  pseudo_terminal terminal(command, {{"TERM", "xterm"}});
  terminal.expect("HW_ACCESS_KEY");
  BOOST_TEST(terminal.echo_is(false));
  terminal.type("\x03");
  BOOST_TEST(terminal.wait().value_or(0) != 0);
  BOOST_TEST(terminal.echo_is(true));
}

BOOST_AUTO_TEST_CASE(a_secret_is_never_taken_from_argv) {
  const auto refused = daemon.cli(words("add", {"HW_ACCESS_KEY=a", "HW_SECRET_KEY=" + std::string(marker)}));
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(contains(refused.err, "HW_ACCESS_KEY=-"));
    BOOST_TEST(!contains(refused.err, marker));
  }
  BOOST_TEST(resolve_status() == 404);
}

BOOST_AUTO_TEST_CASE(exec_mirrors_exit_codes_and_signals) {
  BOOST_TEST(add().code == 0);
  BOOST_TEST(run(exec({"/bin/sh", "-c", "exit 7"})).code == 7);
  BOOST_TEST(run(exec({"/bin/sh", "-c", "kill -KILL $$"})).code == 128 + SIGKILL);
  BOOST_TEST(run(exec({"/nonexistent/command"})).code == 127);

  const auto ready = daemon.folder() / "ready";
  child_process handled(
      exec({"/bin/sh", "-c", "trap 'exit 9' TERM; echo > " + ready + "; while :; do sleep 0.02; done"}), {});
  BOOST_TEST(eventually([&] { return std::filesystem::exists(ready); }));
  handled.signal(SIGTERM);
  BOOST_TEST(handled.wait().value_or(-1) == 9);
}

BOOST_AUTO_TEST_CASE(exec_hands_no_leftover_of_another_credential_on) {
  BOOST_TEST(add().code == 0);
  const arguments leftovers{"/usr/bin/env",   "HW_SECURITY_TOKEN=MARKER-old",
                            "HW_PROFILE=old", "CREDCACHED_EXPIRES_AT=old",
                            "OTHER=kept",     "HW_SECRET_KEY=old"};
  const auto beside_leftovers = [&](const arguments& flags) {
    auto all = leftovers;
    const auto command = exec({"/usr/bin/env"}, flags);
    all.insert(all.end(), command.begin(), command.end());
    return run(all);
  };
  const auto seen = beside_leftovers({});
  BOOST_TEST_CONTEXT(seen) {
    BOOST_TEST(contains(seen.out, "HW_SECRET_KEY=" + std::string(marker)));
    BOOST_TEST(contains(seen.out, "OTHER=kept\n"));
    BOOST_TEST(std::regex_search(seen.out, std::regex(R"(CREDCACHED_EXPIRES_AT=20\d\d-\d\d-\d\dT[0-9:]+Z\n)")));
    BOOST_TEST(!contains(seen.out, "HW_SECURITY_TOKEN"));
    BOOST_TEST(!contains(seen.out, "HW_PROFILE"));
    BOOST_TEST(contains(seen.err, "does not inherit HW_PROFILE and HW_SECURITY_TOKEN,"));
    BOOST_TEST(!contains(seen.err, "MARKER"));
    BOOST_TEST(!contains(seen.err, "HW_AUTH_TOKEN"));  // not there
  }
  const auto quiet = beside_leftovers({"--quiet", "--keep", "HW_PROFILE"});
  BOOST_TEST_CONTEXT(quiet) {
    BOOST_TEST(quiet.err.empty());
    BOOST_TEST(contains(quiet.out, "HW_PROFILE=old\n"));
    BOOST_TEST(!contains(quiet.out, "HW_SECURITY_TOKEN"));
  }
  const auto pristine = beside_leftovers({"--pristine"});
  BOOST_TEST_CONTEXT(pristine) {
    BOOST_TEST(pristine.err.empty());
    BOOST_TEST(contains(pristine.out, "HW_SECRET_KEY=" + std::string(marker)));
    BOOST_TEST(contains(pristine.out, "PATH="));
    for (const auto* gone : {"OTHER", "HW_PROFILE", "HW_SECURITY_TOKEN"}) BOOST_TEST(!contains(pristine.out, gone));
  }
}

BOOST_AUTO_TEST_CASE(exec_says_that_an_interpreter_is_missing) {
  BOOST_TEST(add().code == 0);
  const auto script = daemon.folder() / "script";
  write_text(script, "#! /nonexistent/python3 -u\n", 0700);
  const auto refused = run(exec({script}));
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 126);
    BOOST_TEST(contains(refused.err, script + ": it is there, but its interpreter /nonexistent/python3 is not"));
  }
}

BOOST_AUTO_TEST_CASE(exec_says_that_the_command_is_empty) {
  const auto refused = run(exec({""}));
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(contains(refused.err, "found empty text in place of the command, expected a program's name or path"));
  }
}

BOOST_AUTO_TEST_CASE(descriptions_are_shown) {
  BOOST_TEST(add({"--description", "for the \u202eshop"}).code == 0);
  const auto list = daemon.cli({"list", "--long"});
  BOOST_TEST_CONTEXT(list) BOOST_TEST(contains(list.out, "for the ?shop"));
  const auto answer = daemon.cli({"list", "--json"});
  BOOST_TEST_CONTEXT(answer) {
    BOOST_TEST(contains(answer.out, R"(for the \u202eshop)"));
    BOOST_TEST(text_at(json::parse(answer.out).at(0), "description") == "for the \u202eshop");
  }
  BOOST_TEST(!contains(daemon.cli({"list"}).out, "shop"));
  const auto explained = daemon.cli(words("explain"));
  BOOST_TEST_CONTEXT(explained)
  BOOST_TEST(contains(explained.out, "Using The access key and security key authentication."));
}

BOOST_AUTO_TEST_CASE(help_that_cannot_be_written_is_a_failure) {
  for (const auto* words : {"--help", "add --help", "list --help"}) {
    const auto full = run({"/bin/sh", "-c", std::string(CREDCACHED_EXECUTABLE) + " " + words + " > /dev/full"});
    BOOST_TEST_CONTEXT(full) {
      BOOST_TEST(full.code == 1);
      BOOST_TEST(contains(full.err, "cannot write to standard output"));
    }
  }
}

BOOST_AUTO_TEST_CASE(exec_keeps_secrets_out_of_argv) {
  BOOST_TEST(add().code == 0);
  const auto seen = run(exec({"/bin/sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$PPID/cmdline"}));
  BOOST_TEST(seen.code == 0);
  BOOST_TEST(!contains(seen.out, marker));
}

BOOST_AUTO_TEST_CASE(exec_refuses_to_start_a_command_that_would_outlive_its_credential) {
  BOOST_TEST(add({"--ttl", "10m"}).code == 0);
  const auto started = daemon.folder() / "started";
  auto command = exec({"/bin/sh", "-c", "echo > " + started});
  command.insert(command.begin() + 2, {"--min-ttl", "40m"});
  const auto refused = run(command);
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 5);
    BOOST_TEST(!refused.err.empty());
    BOOST_TEST(!std::filesystem::exists(started));
  }
  check_problem(http.get("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland&minTtl=40m"), 409,
                "Credential Expires Too Soon");
}

BOOST_AUTO_TEST_CASE(after_its_time_to_live_a_credential_is_gone) {
  BOOST_TEST(add({"--ttl", "2s"}).code == 0);
  BOOST_TEST(resolve_status() == 200);
  BOOST_TEST(eventually([this] { return resolve_status() == 404; }, 5s));
  BOOST_TEST(text(http.get(users).json()) == "[]");
  const auto refused = run(exec({"/bin/true"}));
  BOOST_TEST_CONTEXT(refused) BOOST_TEST(refused.code == 4);
}

BOOST_AUTO_TEST_CASE(rm_removes_and_a_secret_that_is_gone_stays_gone) {
  BOOST_TEST(add().code == 0);
  const auto removed = daemon.cli(words("rm"));
  BOOST_TEST_CONTEXT(removed) BOOST_TEST(removed.code == 0);
  BOOST_TEST(resolve_status() == 404);
}

BOOST_AUTO_TEST_CASE(users_and_isvs_are_named_by_flags) {
  BOOST_TEST(add({"--user", "alice"}).code == 0);
  BOOST_TEST(add({"--isv", "acme"}).code == 0);
  BOOST_TEST(resolve_status() == 404);
  for (const auto* owner : {"user=alice", "isv=acme"})
    BOOST_TEST(http.get(std::string("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland&") + owner).status == 200);
  BOOST_TEST(contains(daemon.cli({"list", "--user", "alice"}).out, "AK_SK"));
}

BOOST_AUTO_TEST_CASE(a_failure_says_what_to_do_and_has_an_exit_code) {
  const auto unreachable = run_cli({"list", "--socket", "/nonexistent/socket"});
  BOOST_TEST_CONTEXT(unreachable) {
    BOOST_TEST(unreachable.code == 3);
    BOOST_TEST(contains(unreachable.err, "/nonexistent/socket"));
  }
  const auto flag = run_cli({"list", "--colour"});
  BOOST_TEST_CONTEXT(flag) {
    BOOST_TEST(flag.code == 2);
    BOOST_TEST(contains(flag.err, "--colour"));
  }
  BOOST_TEST(run_cli({"version"}).code == 0);
  BOOST_TEST(contains(daemon.cli({"capabilities", "--csp", "aws"}).out, "AWS_SECRET_ACCESS_KEY"));
}

BOOST_AUTO_TEST_CASE(status_shows_the_facts_and_which_clouds_are_active) {
  BOOST_TEST(add().code == 0);
  const auto facts = http.get("/v1/status").json();
  const auto status = daemon.cli({"status"});
  BOOST_TEST_CONTEXT(status) {
    BOOST_TEST(status.code == 0);
    BOOST_TEST(row(status.out, "version") == text_at(facts, "version"));
    BOOST_TEST(row(status.out, "process").starts_with(std::to_string(daemon.pid()) + ", up "));
    BOOST_TEST(row(status.out, "listens at") == "unix:" + daemon.socket());
    BOOST_TEST(row(status.out, "credentials") == "1 of " + text_at(facts.at("capacity"), "entries") + ", " +
                                                     text_at(facts, "bytes") + " of " +
                                                     text_at(facts.at("capacity"), "bytes") + " bytes");
    BOOST_TEST(row(status.out, "key") == "random, kept in " + text_at(facts, "keyMemory"));
    BOOST_TEST(row(status.out, "memory") ==
               (facts.at("memoryLocked").as_bool() ? "locked" : "not locked (RLIMIT_MEMLOCK)"));
    BOOST_TEST(row(status.out, "workers") == text_at(facts, "workers"));
    BOOST_TEST(row(status.out, "HuaweiCloud").starts_with("yes "));
    BOOST_TEST(row(status.out, "PlusServer").starts_with("no: PLUS_SERVER_AUTH_URL not set "));
  }
}

BOOST_AUTO_TEST_CASE(exec_tells_refusals_from_what_its_command_says) {
  const arguments apart{"--refused-code", "125"};
  const auto refused = [&](const arguments& more) {
    auto flags = apart;
    flags.insert(flags.end(), more.begin(), more.end());
    return run(exec({"/bin/sh", "-c", "exit 4"}, flags));
  };
  BOOST_TEST(refused({}).code == 125);  // nothing cached
  BOOST_TEST(refused({"--csp", "NoSuchCloud"}).code == 125);
  BOOST_TEST(add({"--ttl", "10m"}).code == 0);
  const auto soon = refused({"--min-ttl", "40m"});
  BOOST_TEST_CONTEXT(soon) {
    BOOST_TEST(soon.code == 125);
    BOOST_TEST(std::regex_search(soon.err, std::regex("expires in (10 min|9 min \\d+ s), 40 min were asked for")));
  }
  BOOST_TEST(refused({}).code == 4);  // the command's own
  BOOST_TEST(run(exec({"/nonexistent/command"}, apart)).code == 127);
  const auto unreachable = run({CREDCACHED_EXECUTABLE, "exec", "--socket", "/nonexistent/socket", "--refused-code",
                                "125", "--csp", "aws", "--", "/bin/true"});
  BOOST_TEST_CONTEXT(unreachable) {
    BOOST_TEST(unreachable.code == 125);
    BOOST_TEST(contains(unreachable.err, "/nonexistent/socket"));
  }
}

BOOST_AUTO_TEST_CASE(hints_repeat_what_was_given) {
  const std::string here = " --socket " + daemon.socket() + "\n";
  const auto absent = daemon.cli(words("resolve", {"--user", "alice"}));
  BOOST_TEST_CONTEXT(absent)
  BOOST_TEST(contains(absent.err, "credcached add --csp HuaweiCloud --site 'Chinese Mainland' --user alice" + here));
  BOOST_TEST(add({"--user", "alice", "--ttl", "10m"}).code == 0);
  const auto soon = daemon.cli(words("resolve", {"--user", "alice", "--min-ttl", "40m"}));
  BOOST_TEST_CONTEXT(soon)
  BOOST_TEST(contains(soon.err, "credcached add --csp HuaweiCloud --site 'Chinese Mainland' --user alice" + here));
  const auto none = daemon.cli({"list", "--isv", "acme"});
  BOOST_TEST_CONTEXT(none) BOOST_TEST(contains(none.err, "credcached add --csp CSP --isv acme" + here));
  const auto nothing = daemon.cli({"rm", "--csp", "aws", "--user", "alice"});
  BOOST_TEST_CONTEXT(nothing) BOOST_TEST(contains(nothing.err, "credcached list --user alice" + here));
}

BOOST_AUTO_TEST_CASE(what_expires_soon_is_listed_with_a_code_of_its_own) {
  BOOST_TEST(add({"--ttl", "10m"}).code == 0);
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto some = daemon.cli({"list", "--expiring", "40m"});
  BOOST_TEST_CONTEXT(some) {
    BOOST_TEST(some.code == 5);
    BOOST_TEST(contains(some.out, "HuaweiCloud"));
    BOOST_TEST(!contains(some.out, "aws"));
  }
  const auto as_json = daemon.cli({"list", "--expiring", "40m", "--json"});
  BOOST_TEST_CONTEXT(as_json) {
    BOOST_TEST(as_json.code == 5);
    BOOST_TEST(column(json::parse(as_json.out), "csp") == "HuaweiCloud");
    BOOST_TEST(!contains(as_json.out, marker));
  }
  const auto none = daemon.cli({"list", "--expiring", "5m"});
  BOOST_TEST_CONTEXT(none) {
    BOOST_TEST(none.code == 0);
    BOOST_TEST(none.out + none.err == "");
  }
  BOOST_TEST(daemon.cli({"list", "--expiring", "40m", "--csp", "aws"}).code == 0);
}

BOOST_AUTO_TEST_CASE(a_list_of_one_csp) {
  BOOST_TEST(add().code == 0);
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  const auto one = daemon.cli({"list", "--csp", "AWS", "--json"});
  BOOST_TEST_CONTEXT(one) BOOST_TEST(column(json::parse(one.out), "csp") == "aws");
  const auto none = daemon.cli({"list", "--csp", "Vultr"});
  BOOST_TEST_CONTEXT(none) {
    BOOST_TEST(none.code == 0);
    BOOST_TEST(contains(none.err, "credcached add --csp Vultr"));
  }
  const auto unknown = daemon.cli({"list", "--csp", "HuaweiClud"});
  BOOST_TEST_CONTEXT(unknown) {
    BOOST_TEST(unknown.code == 1);
    BOOST_TEST(contains(unknown.err, "Did you mean HuaweiCloud?"));
  }
}

BOOST_AUTO_TEST_CASE(explain_checks_with_the_code_of_resolve) {
  BOOST_TEST(daemon.cli(words("explain")).code == 0);
  BOOST_TEST(daemon.cli(words("explain", {"--check"})).code == 4);
  BOOST_TEST(daemon.cli({"explain", "--csp", "PlusServer", "--check"}).code == 1);
  BOOST_TEST(add({"--ttl", "10m"}).code == 0);
  BOOST_TEST(daemon.cli(words("explain", {"--check"})).code == 0);
  const auto soon = daemon.cli(words("explain", {"--check", "--json", "--min-ttl", "40m"}));
  BOOST_TEST_CONTEXT(soon) {
    BOOST_TEST(soon.code == 5);
    BOOST_TEST(!json::parse(soon.out).at("resolves").as_bool());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace session_test
