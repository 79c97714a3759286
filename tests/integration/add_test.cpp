// add by the command line: what it takes besides NAME=VALUE, and the shapes that the tools of clouds print.
#include <regex>

#include "pseudo_terminal.hpp"
#include "scenario.hpp"

namespace add_test {

using namespace credcached::testing;

namespace {

struct adding : running_daemon {
  std::string file(std::string_view content) const {
    const auto name = daemon.folder() / "printed.json";
    write_text(name, content, 0600);
    return name;
  }
  json::value resolved(std::string_view csp) { return http.get("/v1/resolve?csp=" + std::string(csp)).json(); }
  std::string variables(std::string_view csp) { return text(resolved(csp).at("variables")); }
};

constexpr std::string_view assume_role = R"({
    "Credentials": {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "MARKER-4d1f7c-secret",
        "SessionToken": "token",
        "Expiration": "2099-01-01T00:00:00+00:00"
    },
    "AssumedRoleUser": {"AssumedRoleId": "AROAEXAMPLE:me", "Arn": "arn:aws:sts::1:assumed-role/r/me"},
    "PackedPolicySize": 6
})";

constexpr std::string_view three =
    R"({"AWS_ACCESS_KEY_ID":"ASIAEXAMPLE","AWS_SECRET_ACCESS_KEY":"MARKER-4d1f7c-secret","AWS_SESSION_TOKEN":"token"})";

std::string replaced(std::string_view all, std::string_view from, std::string_view to) {
  std::string result(all);
  return result.replace(result.find(from), from.size(), to);
}

/// Seconds from now, as aws prints a time.
std::string in(int seconds) {
  const std::time_t then = std::time(nullptr) + seconds;
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", std::gmtime(&then));
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(adding_by_the_command_line, adding)

BOOST_AUTO_TEST_CASE(takes_what_aws_prints_and_its_expiration) {
  const auto printed = replaced(assume_role, "2099-01-01T00:00:00+00:00", in(1800));
  const auto added = daemon.cli({"add", "--csp", "aws", "--from-json", file(printed)});
  BOOST_TEST_CONTEXT(added) BOOST_TEST_REQUIRE(added.code == 0);
  BOOST_TEST(variables("aws") == three);
  const auto left = resolved("aws").at("remaining").as_int64();
  BOOST_TEST((left > 1700 && left <= 1800));  // and not the default hour

  // aws configure export-credentials, from standard input; the shorter life wins.
  const auto exported = R"({"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "MARKER-4d1f7c-secret",
                            "SessionToken": "token", "Expiration": ")" +
                        in(1800) + "\"}";
  const auto again = daemon.cli({"add", "--csp", "aws", "--from-json", "-", "--ttl", "10m"}, exported);
  BOOST_TEST_CONTEXT(again) BOOST_TEST_REQUIRE(again.code == 0);
  BOOST_TEST(variables("aws") == three);
  BOOST_TEST(resolved("aws").at("remaining").as_int64() <= 600);

  const auto far_away = daemon.cli({"add", "--csp", "aws", "--from-json", file(assume_role)});
  BOOST_TEST_CONTEXT(far_away) BOOST_TEST_REQUIRE(far_away.code == 0);
  BOOST_TEST(resolved("aws").at("remaining").as_int64() / 86'400 == 29);  // the daemon's maximum, less a moment

  // The same by HTTP, and a word beside what was printed.
  BOOST_TEST(http.post(users, R"({"csp":"aws","credentials":)" + printed + "}").status == 204);
  BOOST_TEST(variables("aws") == three);
  const auto beside = daemon.cli({"add", "--csp", "aws", "--from-json", file(printed), "AWS_REGION=eu-west-1"});
  BOOST_TEST_CONTEXT(beside) BOOST_TEST(beside.code == 0);
  BOOST_TEST(contains(variables("aws"), R"("AWS_REGION":"eu-west-1")"));
}

BOOST_AUTO_TEST_CASE(refuses_two_times_of_expiry) {
  auto printed = replaced(assume_role, "2099-01-01T00:00:00+00:00", in(1800));
  printed = replaced(printed, R"("PackedPolicySize": 6)", R"("Expiration": "2099-01-01T00:00:00+00:00")");
  const auto twice = daemon.cli({"add", "--csp", "aws", "--from-json", file(printed)});
  BOOST_TEST_CONTEXT(twice) {
    BOOST_TEST(twice.code == 1);
    BOOST_TEST(contains(twice.err, "found Expiration twice"));
  }
  BOOST_TEST(http.get("/v1/resolve?csp=aws").status == 404);
}

BOOST_AUTO_TEST_CASE(refuses_what_has_expired) {
  for (const auto& [time, expected] :
       {std::pair<std::string, const char*>{in(-60), "a time that is over"}, {"soon", "expected a time like"}}) {
    const auto printed = replaced(assume_role, "2099-01-01T00:00:00+00:00", time);
    const auto refused = daemon.cli({"add", "--csp", "aws", "--from-json", file(printed)});
    BOOST_TEST_CONTEXT(refused) {
      BOOST_TEST(refused.code == 1);
      BOOST_TEST(contains(refused.err, expected));
      BOOST_TEST(!contains(refused.err, "which clouds there are"));
      BOOST_TEST(!contains(refused.err, marker));
    }
  }
  BOOST_TEST(http.get("/v1/resolve?csp=aws").status == 404);
}

BOOST_AUTO_TEST_CASE(takes_what_az_prints) {
  const auto printed = file(R"({"appId": "app", "displayName": "azure-cli-2026", "password": "p", "tenant": "t"})");
  const auto incomplete = daemon.cli({"add", "--csp", "azure", "--from-json", printed});
  BOOST_TEST_CONTEXT(incomplete) {
    BOOST_TEST(incomplete.code == 1);
    BOOST_TEST(contains(incomplete.err, "AZURE_SUBSCRIPTION_ID"));
  }
  const auto added = daemon.cli({"add", "--csp", "azure", "--from-json", printed, "AZURE_SUBSCRIPTION_ID=s"});
  BOOST_TEST_CONTEXT(added) BOOST_TEST_REQUIRE(added.code == 0);
  const auto all = variables("azure");
  for (const auto* part : {R"("AZURE_CLIENT_ID":"app")", R"("AZURE_CLIENT_SECRET":"p")", R"("AZURE_TENANT_ID":"t")",
                           R"("ARM_SUBSCRIPTION_ID":"s")"})
    BOOST_TEST(contains(all, part));

  const auto older = daemon.cli({"add", "--csp", "azure", "--from-json", "-"},
                                R"({"clientId":"a2","clientSecret":"p2","subscriptionId":"s2","tenantId":"t2",
                                "resourceManagerEndpointUrl":"https://management.azure.com/"})");
  BOOST_TEST_CONTEXT(older) BOOST_TEST_REQUIRE(older.code == 0);
  BOOST_TEST(contains(variables("azure"), R"("AZURE_SUBSCRIPTION_ID":"s2")"));
}

BOOST_AUTO_TEST_CASE(takes_a_google_key_as_it_is) {
  constexpr std::string_view key =
      R"({"type":"service_account","project_id":"p","private_key":"k\n","client_email":"e","token_uri":"u"})";
  const auto added = daemon.cli({"add", "--csp", "gcp", "--from-json", file(key)});
  BOOST_TEST_CONTEXT(added) BOOST_TEST_REQUIRE(added.code == 0);
  const auto answer = resolved("gcp");
  BOOST_TEST(text_at(answer.at("variables"), "GOOGLE_CREDENTIALS") == key);
  BOOST_TEST(text_at(answer.at("variables"), "GOOGLE_PROJECT") == "p");

  const auto other = daemon.cli({"add", "--csp", "gcp", "--from-json", file(key), "GOOGLE_PROJECT=other"});
  BOOST_TEST_CONTEXT(other) BOOST_TEST_REQUIRE(other.code == 0);
  const auto both = resolved("gcp");
  BOOST_TEST(text_at(both.at("variables"), "GOOGLE_CREDENTIALS") == key);
  BOOST_TEST(text_at(both.at("variables"), "GOOGLE_PROJECT") == "other");
}

BOOST_AUTO_TEST_CASE(refuses_what_no_tool_prints) {
  const std::pair<std::string, const char*> cases[] = {
      {R"({"AccessKeyId":"a","AccessKeyId":"b","SecretAccessKey":"s"})", "AccessKeyId"},
      {R"({"Credentials":{"AccessKeyId":"a","SecretAccessKey":"s","SecretAccessKey":"t"}})", "SecretAccessKey"},
      {"[1]", "found no JSON object"},
      {"{}", "found no JSON object"},
      {"{'a':1}", "found no JSON object"}};
  for (const auto& [printed, words] : cases) {
    const auto refused = daemon.cli({"add", "--csp", "aws", "--from-json", file(printed)});
    BOOST_TEST_CONTEXT(refused) {
      BOOST_TEST(refused.code == 2);
      BOOST_TEST(contains(refused.err, words));
      BOOST_TEST(contains(refused.err, "expected what a tool has printed"));
    }
  }
}

BOOST_AUTO_TEST_CASE(takes_an_alias_as_the_documents_say) {
  const auto key = file("MARKER-4d1f7c-secret\r\n");
  const auto added = daemon.cli({"add", "--csp", "aws", "access_key=-", "secret_key=@" + key}, "id\n");
  BOOST_TEST_CONTEXT(added) BOOST_TEST_REQUIRE(added.code == 0);
  BOOST_TEST(variables("aws") == R"({"AWS_ACCESS_KEY_ID":"id","AWS_SECRET_ACCESS_KEY":"MARKER-4d1f7c-secret"})");
  const auto unknown = daemon.cli({"add", "--csp", "aws", "AWS_ACESS_KEY_ID=@" + key});
  BOOST_TEST_CONTEXT(unknown) {
    BOOST_TEST(unknown.code == 1);
    BOOST_TEST(contains(unknown.err, "Did you mean AWS_ACCESS_KEY_ID?"));
  }
}

BOOST_AUTO_TEST_CASE(takes_the_callers_environment_and_a_time_of_expiry) {
  const environment own{{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", std::string(marker)}};
  const auto added = run_cli({"add", "--socket", daemon.socket(), "--csp", "aws", "--from-env", "--expires-at", in(900),
                              "AWS_REGION=eu-west-1"},
                             "", own);
  BOOST_TEST_CONTEXT(added) BOOST_TEST_REQUIRE(added.code == 0);
  const auto answer = resolved("aws");
  BOOST_TEST(text_at(answer.at("variables"), "AWS_SECRET_ACCESS_KEY") == marker);
  BOOST_TEST(text_at(answer.at("variables"), "AWS_REGION") == "eu-west-1");
  BOOST_TEST(answer.at("remaining").as_int64() <= 900);

  const environment terraform{
      {"ARM_CLIENT_ID", "a"}, {"ARM_CLIENT_SECRET", "b"}, {"ARM_TENANT_ID", "c"}, {"ARM_SUBSCRIPTION_ID", "d"}};
  const auto exported = run_cli({"add", "--socket", daemon.socket(), "--csp", "azure", "--from-env"}, "", terraform);
  BOOST_TEST_CONTEXT(exported) BOOST_TEST_REQUIRE(exported.code == 0);
  BOOST_TEST(contains(variables("azure"), R"("AZURE_CLIENT_SECRET":"b")"));

  // A group of which a word gives a part, or of which the environment has names of two kinds, is no mixture.
  const auto key = file("secret");
  const auto words = run_cli({"add", "--socket", daemon.socket(), "--csp", "aws", "--from-env", "AWS_ACCESS_KEY_ID=own",
                              "AWS_SECRET_ACCESS_KEY=@" + key},
                             "", {{"AWS_SESSION_TOKEN", "stale"}, {"AWS_REGION", "eu-west-1"}});
  BOOST_TEST_CONTEXT(words) BOOST_TEST_REQUIRE(words.code == 0);
  BOOST_TEST(variables("aws").find("stale") == std::string::npos);
  BOOST_TEST(contains(variables("aws"), R"("AWS_REGION":"eu-west-1")"));
  const auto alias = run_cli(
      {"add", "--socket", daemon.socket(), "--csp", "aws", "--from-env", "secret_key=@" + key, "access_key=@" + key},
      "", {{"AWS_ACCESS_KEY_ID", "stale"}, {"AWS_SECRET_ACCESS_KEY", "stale"}, {"AWS_ENDPOINT_URL", "https://own"}});
  BOOST_TEST_CONTEXT(alias) BOOST_TEST_REQUIRE(alias.code == 0);
  BOOST_TEST(variables("aws") ==
             R"({"AWS_ACCESS_KEY_ID":"secret","AWS_SECRET_ACCESS_KEY":"secret","AWS_ENDPOINT_URL":"https://own"})");
  environment two_kinds = terraform;
  two_kinds.emplace("AZURE_CLIENT_ID", "x");
  const auto mixed = run_cli({"add", "--socket", daemon.socket(), "--csp", "azure", "--from-env"}, "", two_kinds);
  BOOST_TEST_CONTEXT(mixed) {
    BOOST_TEST(mixed.code == 1);
    BOOST_TEST(contains(mixed.err, "AZURE_CLIENT_SECRET has to be given together with AZURE_CLIENT_ID"));
  }

  for (const arguments& two : {arguments{"--from-json", "f", "--from-env"}, {"--from-file", "f", "--from-env"}}) {
    arguments flags{"add", "--csp", "aws"};
    flags.insert(flags.end(), two.begin(), two.end());
    BOOST_TEST(daemon.cli(flags).code == 2);
  }
  const auto nothing = daemon.cli({"add", "--csp", "Vultr", "--from-env"});
  BOOST_TEST_CONTEXT(nothing) {
    BOOST_TEST(nothing.code == 2);
    BOOST_TEST(contains(nothing.err, "found none of VULTR_API_KEY in the environment"));
  }
}

BOOST_AUTO_TEST_CASE(the_end_of_the_input_at_a_prompt_cancels) {
  pseudo_terminal terminal({CREDCACHED_EXECUTABLE, "add", "--csp", "aws", "--socket", daemon.socket()},
                           {{"TERM", "xterm"}});
  terminal.expect("AWS_ACCESS_KEY_ID");
  terminal.type("id");
  terminal.expect("AWS_SECRET_ACCESS_KEY");
  BOOST_TEST(terminal.echo_is(false));
  terminal.type("\x04");
  BOOST_TEST_CONTEXT(terminal.transcript()) {
    BOOST_TEST(terminal.wait().value_or(-1) == 2);
    BOOST_TEST(contains(terminal.transcript(), "nothing was added"));
  }
  BOOST_TEST(terminal.echo_is(true));
  BOOST_TEST(http.get("/v1/resolve?csp=aws").status == 404);
}

BOOST_AUTO_TEST_CASE(the_nearest_name_is_suggested) {
  const std::pair<arguments, const char*> cases[] = {
      {{"resolve", "--csp", "HuaweiClud"}, "Did you mean HuaweiCloud?"},
      {{"resolve", "--csp", "HuaweiCloud", "--site", "Europa"}, "Did you mean Europe?"},
      {{"resolve", "--csp", "aws", "--name", "ACCESS_KEYS"}, "Did you mean ACCESS_KEY?"},
      {{"add", "--csp", "OpenStack", "--name", "USERNAME_PASWORD", "OS_USERNAME=a"}, "Did you mean USERNAME_PASSWORD?"},
      {{"add", "--csp", "aws", "AWS_REGOIN=a"}, "Did you mean AWS_REGION?"},
  };
  for (const auto& [words, expected] : cases) {
    const auto refused = daemon.cli(words);
    BOOST_TEST_CONTEXT(refused) {
      BOOST_TEST(refused.code != 0);
      BOOST_TEST(contains(refused.err, expected));
    }
  }
  const auto body =
      http.post(users, R"({"csp":"HuaweiClud","site":"Europe","type":"variables","name":"AK_SK","variables":[]})");
  BOOST_TEST(contains(body.details(), "Did you mean HuaweiCloud?"));
}

BOOST_AUTO_TEST_CASE(what_was_done_is_said) {
  const auto key = file("secret");
  const arguments words{
      "add", "--csp", "aws", "--user", "alice", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=@" + key};
  auto for_a_while = words;
  for_a_while.insert(for_a_while.end(), {"--ttl", "1h30m"});
  const auto added = daemon.cli(words), replaced = daemon.cli(for_a_while);
  BOOST_TEST_CONTEXT(added)
  BOOST_TEST(std::regex_match(added.out, std::regex("added aws of alice, expires in 1 h \\(\\d\\d:\\d\\d UTC\\)\n")));
  BOOST_TEST_CONTEXT(replaced)
  BOOST_TEST(replaced.out.starts_with("replaced aws of alice, expires in 1 h 30 min ("));
  // Also where the command line does not know what it is.
  const auto printed = daemon.cli({"add", "--csp", "aws", "--isv", "acme", "--from-json", "-"},
                                  R"({"AccessKeyId":"a","SecretAccessKey":"s","Expiration":")" + in(1800) + "\"}");
  BOOST_TEST_CONTEXT(printed)
  BOOST_TEST(std::regex_search(
      printed.out,
      std::regex("added aws of the ISV acme, expires in (30 min|29 min 5\\d s) \\(\\d\\d:\\d\\d UTC\\)\n")));
  const auto named =
      daemon.cli({"add", "--csp", "HuaweiCloud", "--site", "Europe", "HW_ACCESS_KEY=@" + key, "HW_SECRET_KEY=@" + key});
  BOOST_TEST_CONTEXT(named) BOOST_TEST(named.out.starts_with("added HuaweiCloud Europe "));
}

BOOST_AUTO_TEST_CASE(a_credential_that_is_there_can_be_left_as_it_is) {
  const auto add = [&](std::string_view id, const arguments& more) {
    arguments words{"add", "--csp", "aws", "AWS_ACCESS_KEY_ID=" + std::string(id), "AWS_SECRET_ACCESS_KEY=-"};
    words.insert(words.end(), more.begin(), more.end());
    return daemon.cli(words, "secret");
  };
  BOOST_TEST(add("first", {"--no-replace"}).code == 0);
  const auto refused = add("second", {"--no-replace"});
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 6);
    BOOST_TEST(contains(refused.err, "already, which stays as it is"));
    BOOST_TEST(contains(refused.err, "credcached list --csp aws"));
  }
  BOOST_TEST(contains(variables("aws"), "first"));
  BOOST_TEST(add("third", {}).code == 0);
  BOOST_TEST(contains(variables("aws"), "third"));
}

BOOST_AUTO_TEST_CASE(a_file_may_leave_out_what_the_flags_may) {
  const auto add = [&](std::string_view body) { return daemon.cli({"add", "--from-json", "-"}, body); };
  const auto map = add(R"({"csp":"aws","variables":{"AWS_ACCESS_KEY_ID":"map","secret_key":"s"},"timeToLive":600})");
  BOOST_TEST_CONTEXT(map) {
    BOOST_TEST(map.code == 0);
    BOOST_TEST(map.out.starts_with("added aws of "));
  }
  BOOST_TEST(contains(variables("aws"), "map"));
  BOOST_TEST(resolved("aws").at("remaining").as_int64() <= 600);
  const auto list = add(R"({"csp":"aws","variables":[{"name":"AWS_ACCESS_KEY_ID","value":"list"},)"
                        R"({"name":"AWS_SECRET_ACCESS_KEY","value":"s"}]})");
  BOOST_TEST_CONTEXT(list) BOOST_TEST(list.code == 0);
  BOOST_TEST(contains(variables("aws"), "list"));
  const auto several = add(R"({"csp":"OpenStack","variables":{"OS_USERNAME":"u"}})");
  BOOST_TEST_CONTEXT(several) {
    BOOST_TEST(several.code == 2);
    BOOST_TEST(contains(several.err, "\"name\" in a file"));
  }
  for (const auto* wrong : {R"({"csp":"aws","variables":{"AWS_ACCESS_KEY_ID":1,"AWS_SECRET_ACCESS_KEY":"s"}})",
                            R"({"csp":"aws","variables":3})", R"({"variables":{"A":"b"}})"}) {
    const auto refused = add(wrong);
    BOOST_TEST_CONTEXT(refused) BOOST_TEST(refused.code == 1);
  }
  for (const auto* wrong : {R"({"csp":)", "[]"}) {
    const auto refused = add(wrong);
    BOOST_TEST_CONTEXT(refused) {
      BOOST_TEST(refused.code == 2);
      BOOST_TEST(contains(refused.err, "found no JSON object in "));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_second_secret_comes_by_a_descriptor) {
  const auto added =
      run({"/bin/sh", "-c",
           "printf id | " CREDCACHED_EXECUTABLE " add --socket '" + daemon.socket() +
               "' --csp aws AWS_ACCESS_KEY_ID=- AWS_SECRET_ACCESS_KEY=@/dev/fd/3 3<<END\nsecret\nEND\n"});
  BOOST_TEST_CONTEXT(added) BOOST_TEST(added.code == 0);
  BOOST_TEST(variables("aws") == R"({"AWS_ACCESS_KEY_ID":"id","AWS_SECRET_ACCESS_KEY":"secret"})");
}

BOOST_AUTO_TEST_CASE(aliases_are_named_where_a_name_is_unknown) {
  const auto refused = daemon.cli({"add", "--csp", "aws", "key=-"}, "secret");
  BOOST_TEST_CONTEXT(refused)
  BOOST_TEST(contains(refused.err, "AWS_SECRET_ACCESS_KEY (secret_key, SecretAccessKey)"));
}

BOOST_AUTO_TEST_CASE(prompts_say_what_the_daemon_has_already) {
  running_daemon other(environment{{"AWS_REGION", "eu-west-1"}});
  pseudo_terminal terminal({CREDCACHED_EXECUTABLE, "add", "--csp", "aws", "--socket", other.daemon.socket()},
                           {{"TERM", "xterm"}});
  for (const auto* answer : {"id", "secret", "", "", ""}) {
    terminal.expect("): ");
    terminal.type(answer);
  }
  BOOST_TEST_CONTEXT(terminal.transcript()) {
    BOOST_TEST(terminal.wait().value_or(-1) == 0);
    BOOST_TEST(contains(terminal.transcript(), "AWS_REGION ("));
    BOOST_TEST(contains(terminal.transcript(), "Enter takes it from the daemon's environment.): "));
  }
  BOOST_TEST(text_at(other.http.get("/v1/resolve?csp=aws").json().at("variables"), "AWS_REGION") == "eu-west-1");
}

BOOST_AUTO_TEST_CASE(takes_a_file_of_lines) {
  const auto profiles = file(
      "[default]\naws_access_key_id = first\naws_secret_access_key = one\n\n[prod]\naws_access_key_id = second\n"
      "aws_secret_access_key = MARKER-4d1f7c-secret\nregion = eu-west-1\noutput = json\n");
  const auto add = [&](const arguments& more) {
    arguments words{"add", "--csp", "aws", "--from-file", profiles};
    words.insert(words.end(), more.begin(), more.end());
    return daemon.cli(words);
  };
  const auto usual = add({});
  BOOST_TEST_CONTEXT(usual) BOOST_TEST(usual.code == 0);
  BOOST_TEST(variables("aws") == R"({"AWS_ACCESS_KEY_ID":"first","AWS_SECRET_ACCESS_KEY":"one"})");
  const auto prod = add({"--section", "prod", "AWS_REGION=eu-west-1"});
  BOOST_TEST_CONTEXT(prod) BOOST_TEST(prod.code == 0);
  BOOST_TEST(contains(variables("aws"), marker));
  const auto none = add({"--section", "pord"});
  BOOST_TEST_CONTEXT(none) {
    BOOST_TEST(none.code == 2);
    BOOST_TEST(contains(none.err, "one of default, prod"));
  }
  const auto dotenv = daemon.cli({"add", "--csp", "azure", "--from-file",
                                  file("ARM_CLIENT_ID=a\nARM_CLIENT_SECRET='b c'\n"
                                       "export ARM_TENANT_ID=t\nARM_SUBSCRIPTION_ID=s\n")});
  BOOST_TEST_CONTEXT(dotenv) BOOST_TEST(dotenv.code == 0);
  BOOST_TEST(contains(variables("azure"), R"("AZURE_CLIENT_SECRET":"b c")"));
  const auto empty = daemon.cli({"add", "--csp", "Vultr", "--from-file", file("X=y\n")});
  BOOST_TEST_CONTEXT(empty) {
    BOOST_TEST(empty.code == 2);
    BOOST_TEST(contains(empty.err, "found none of VULTR_API_KEY in "));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace add_test
