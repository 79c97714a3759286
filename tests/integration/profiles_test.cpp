// Several accounts of one cloud, through every door: command line, /v1, the Nexus form, xpanse's paths, exec, explain,
// inventory, expiry, rules, audit.
#include "configured_daemon.hpp"
#include "peers.hpp"

namespace profiles_test {

using namespace credcached::testing;

namespace {

json::object aws_of(std::string_view profile, std::string_view id) {
  auto body = aws(id);
  if (!profile.empty()) body["profile"] = profile;
  return body;
}

struct two_accounts : running_daemon {
  two_accounts() {
    BOOST_TEST_REQUIRE(store("dev", "AKIADEV") == "added");
    BOOST_TEST_REQUIRE(store("prod", "AKIAPROD") == "added");
  }
  std::string store(std::string_view profile, std::string_view id) {
    return text_at(http.post("/v1/credentials", text(aws_of(profile, id))).json(), "outcome");
  }
  /// "AKIADEV/dev[prod]": the id, its profile and the others; or the errorType.
  std::string resolved(const std::string& parameters = "") {
    const auto answer = http.get("/v1/resolve?csp=aws" + parameters).json();
    if (answer.as_object().contains("errorType")) return text_at(answer, "errorType");
    std::string others;
    for (const auto& other : answer.at("others").as_array()) others += "[" + std::string(other.as_string()) + "]";
    return text_at(answer.at("variables"), "AWS_ACCESS_KEY_ID") + "/" + text_at(answer, "profile") + others;
  }
  json::value inventory(const std::string& parameters = "") { return http.get("/v1/credentials" + parameters).json(); }
  outcome run(arguments words) const { return daemon.cli(std::move(words)); }
  outcome id_of(arguments flags) const {
    arguments words{"exec", "--csp", "aws"};
    words.insert(words.end(), flags.begin(), flags.end());
    words.insert(words.end(), {"--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID"});
    return daemon.cli(words);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(profiles, two_accounts)

BOOST_AUTO_TEST_CASE(whoever_names_none_gets_the_first_and_is_told_of_the_others) {
  BOOST_TEST(resolved() == "AKIADEV/dev[prod]");
  BOOST_TEST(resolved("&profile=prod") == "AKIAPROD/prod");
  BOOST_TEST(resolved("&noProfile=true") == "Credentials Not Found");
  BOOST_TEST(store("dev", "AKIADEV2") == "replaced");  // renewing an account keeps its place
  BOOST_TEST(resolved() == "AKIADEV2/dev[prod]");
  BOOST_TEST(store("", "AKIANONE") == "added");
  BOOST_TEST(resolved() == "AKIANONE/null[dev][prod]");
  BOOST_TEST(resolved("&noProfile=true") == "AKIANONE/null");
  const auto by_body = http.post("/v1/resolve", R"({"csp":"aws","profile":"prod"})").json();
  BOOST_TEST(text_at(by_body, "profile") == "prod");
  BOOST_TEST(text_at(http.post("/v1/resolve", R"({"csp":"aws","noProfile":true})").json(), "profile") == "null");
}

BOOST_AUTO_TEST_CASE(what_is_no_profile_is_refused) {
  for (const std::string wrong : {"&profile=", "&profile=%20", "&noProfile=yes", "&profile=dev&noProfile=true"})
    BOOST_TEST(http.get("/v1/resolve?csp=aws" + wrong).status == 400, wrong);
  for (const auto* body : {R"({"csp":"aws","profile":"dev","noProfile":true})", R"({"csp":"aws","profile":""})",
                           R"({"csp":"aws","profile":7})"})
    BOOST_TEST(http.post("/v1/resolve", body).status >= 400U, body);
  BOOST_TEST(http.remove("/v1/credentials?profile=", {}).status == 400);
  for (const auto& profile : {std::string(65, 'x'), std::string("a\tb"), std::string(" ")}) {
    const auto refused = http.post("/v1/credentials", text(aws_of(profile, "AKIAX")));
    BOOST_TEST(refused.status == 422, refused);
  }
  BOOST_TEST(column(inventory(), "profile") == "dev prod");
}

BOOST_AUTO_TEST_CASE(the_command_line_speaks_of_profiles) {
  const auto key = daemon.folder() / "key";
  write_text(key, marker, 0600);
  const auto added =
      run({"add", "--csp", "aws", "--profile", "test", "AWS_ACCESS_KEY_ID=AKIATEST", "AWS_SECRET_ACCESS_KEY=@" + key});
  BOOST_TEST(added.out.starts_with("added aws test of "), added);
  const auto choice = id_of({});
  BOOST_TEST(choice.out == "AKIADEV\n");
  BOOST_TEST(
      choice.err.find("the command gets the credential of profile dev; there are also prod, test") != std::string::npos,
      choice);
  BOOST_TEST(id_of({"--quiet"}).err.empty());
  const auto named = id_of({"--profile", "test"});
  BOOST_TEST(named.out == "AKIATEST\n");
  BOOST_TEST(named.err.find("also") == std::string::npos, named);
  const auto unknown = id_of({"--profile", "nope"});
  BOOST_TEST(unknown.code == 4, unknown);
  BOOST_TEST(unknown.err.find("profile \"nope\"") != std::string::npos, unknown);
  BOOST_TEST(unknown.err.find("\"dev\", \"prod\" and \"test\"") != std::string::npos, unknown);
  BOOST_TEST(unknown.err.find("credcached add --csp aws --profile nope") != std::string::npos, unknown);
  BOOST_TEST(id_of({"--no-profile"}).code == 4);
  BOOST_TEST(id_of({"--profile", "dev", "--no-profile"}).code == 2);
  BOOST_TEST(id_of({"--profile", ""}).code == 2);

  const auto listed = run({"list"});
  for (const auto* word : {"PROFILE", "dev", "prod", "test"})
    BOOST_TEST(listed.out.find(word) != std::string::npos, listed);
  const auto explained = run({"explain", "--csp", "aws"});
  BOOST_TEST(explained.out.find("ACCESS_KEY, profile prod") != std::string::npos, explained);
  BOOST_TEST(explained.out.find("profile \"dev\" comes first") != std::string::npos, explained);
  BOOST_TEST(run({"rm", "--profile", "dev"}).out == "removed 1 credential\n");
  BOOST_TEST(run({"rm", "--all", "--profile", "prod"}).code == 2);
  BOOST_TEST(run({"rm", "--csp", "aws", "--no-profile"}).code == 4);
  BOOST_TEST(id_of({"--quiet"}).out == "AKIAPROD\n");
  BOOST_TEST(run({"rm", "--csp", "aws"}).out == "removed 2 credentials\n");
}

BOOST_AUTO_TEST_CASE(a_section_of_the_files_of_aws_is_kept_under_its_profile) {
  const auto file = daemon.folder() / "credentials";
  write_text(file,
             "[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=s\n[stage]\n"
             "aws_access_key_id=AKIASTAGE\naws_secret_access_key=s\n",
             0600);
  const auto added = run({"add", "--csp", "aws", "--from-file", file, "--profile", "stage"});
  BOOST_TEST(added.out.starts_with("added aws stage of "), added);
  BOOST_TEST(resolved("&profile=stage") == "AKIASTAGE/stage");
  BOOST_TEST(run({"add", "--csp", "aws", "--from-file", file, "--profile", "none"}).code == 2);
  BOOST_TEST(run({"add", "--csp", "aws", "--from-file", file}).code == 0);
  BOOST_TEST(resolved("&noProfile=true") == "AKIADEFAULT/null");
}

BOOST_AUTO_TEST_CASE(xpanse_sees_and_touches_the_one_without_a_profile_only) {
  BOOST_TEST(http.get(users).body == "[]");
  BOOST_TEST(http.post(users, text(aws("AKIANONE"))).status == 204);
  BOOST_TEST(column(http.get(users).json(), "name") == "ACCESS_KEY");
  const std::string one = std::string(users) + "?cspName=aws&siteName=default&type=variables&name=ACCESS_KEY";
  BOOST_TEST(http.remove(one, {}).status == 204);
  BOOST_TEST(http.remove(one, {}).status == 204);
  BOOST_TEST(column(inventory(), "profile") == "dev prod");
}

// Nexus's list: id, name, csp, endpoint, created; it removes by id.
BOOST_AUTO_TEST_CASE(the_form_of_nexus_names_its_providers) {
  const auto* const body =
      R"({"csp":"aws","name":"AWS Production","api_endpoint":"https://sts.example","credentials":{"access_key":"AKIAN","secret_key":"s"}})";
  BOOST_TEST(http.post(users, body).status == 204);
  const auto listed = inventory("?profile=AWS%20Production");
  BOOST_TEST_REQUIRE(listed.as_array().size() == 1U);
  const auto& item = listed.at(0);
  BOOST_TEST(text_at(item, "profile") == "AWS Production");
  BOOST_TEST(text_at(item, "endpoint") == "https://sts.example");
  const auto id = text_at(item, "id");
  BOOST_TEST(id.size() == 36U);
  BOOST_TEST(text_at(inventory("?profile=AWS%20Production").at(0), "id") == id);
  BOOST_TEST(column(inventory(), "id").find(id) != std::string::npos);
  BOOST_TEST(text_at(http.remove("/v1/credentials?id=" + id, {}).json(), "removed") == "1");
  BOOST_TEST(text_at(http.remove("/v1/credentials?id=" + id, {}).json(), "removed") == "0");
  BOOST_TEST(column(inventory(), "profile") == "dev prod");
}

BOOST_AUTO_TEST_CASE(an_account_dies_alone) {
  auto short_lived = aws_of("short", "AKIASHORT");
  short_lived["timeToLive"] = 1;
  BOOST_TEST(http.post("/v1/credentials", text(short_lived)).status == 200);
  BOOST_TEST(eventually([&] { return resolved("&profile=short") == "Credentials Not Found"; }));
  BOOST_TEST(column(inventory(), "profile") == "dev prod");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(profiles_configured)

BOOST_AUTO_TEST_CASE(several_refuse_wants_one_named) {
  configured_daemon own("several: refuse\n");
  BOOST_TEST(own.http.post("/v1/credentials", text(aws_of("dev", "AKIADEV"))).status == 200);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(own.http.post("/v1/credentials", text(aws_of("", "AKIANONE"))).status == 200);
  const auto refused = own.http.get("/v1/resolve?csp=aws");
  BOOST_TEST(refused.status == 409, refused);
  BOOST_TEST(refused.error_type() == "Several Credentials Found");
  BOOST_TEST(refused.body.find("the one without a profile and \\\"dev\\\"") != std::string::npos, refused);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws&noProfile=true").status == 200);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws&profile=dev").status == 200);
  const auto said = own.daemon.cli({"exec", "--csp", "aws", "--", "true"});
  BOOST_TEST(said.code == 1, said);
  BOOST_TEST(said.err.find("--profile NAME names one, --no-profile the one without") != std::string::npos, said);
  BOOST_TEST(own.http.get("/v1/explain?csp=aws").json().at("status").as_int64() == 409);
  own.configure("several: first\n");
  own.daemon.signal(SIGHUP);
  BOOST_TEST(eventually([&] { return own.http.get("/v1/resolve?csp=aws").status == 200; }));
}

BOOST_AUTO_TEST_CASE(the_audit_says_which_account) {
  const temporary_folder folder;
  configured_daemon own("audit: {to: \"" + (folder / "audit") + "\"}\n");
  BOOST_TEST(own.http.post("/v1/credentials", text(aws_of("dev", "AKIADEV"))).status == 200);
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(own.http.remove("/v1/credentials?csp=aws&profile=dev", {}).status == 200);
  std::size_t lines = 0;
  const auto audit = read_text(folder / "audit");
  for (auto at = audit.find(R"("profile":"dev")"); at != std::string::npos;
       at = audit.find(R"("profile":"dev")", at + 1))
    ++lines;
  BOOST_TEST(lines == 3U, audit);
  BOOST_TEST(own.http.get("/metrics").body.find("dev") == std::string::npos);  // no label
}

BOOST_AUTO_TEST_CASE(rules_name_profiles, *boost::unit_test::precondition(as_root())) {
  const identity ci{1'234, 1'234};
  const open_daemon own(
      "access:\n"
      "  - {peer: {uid: 0}, owners: [\"*\"]}\n"
      "  - {peer: {uid: 1234}, actions: [resolve, list], owners: [shared], csps: [aws], profiles: [dev]}\n");
  auto root = connect_as({0, 0}, own.socket);
  const auto shared = as_user("shared");
  BOOST_TEST(root.post("/v1/credentials", text(aws_of("dev", "AKIADEV")), shared).status == 200);
  auto http = connect_as(ci, own.socket);
  BOOST_TEST(http.get("/v1/resolve?csp=aws", shared).status == 200);
  BOOST_TEST(root.post("/v1/credentials", text(aws_of("prod", "AKIAPROD")), shared).status == 200);
  const auto answer = http.get("/v1/resolve?csp=aws", shared).json();
  BOOST_TEST(text_at(answer, "profile") == "dev");
  BOOST_TEST(text(answer.at("others")) == "[]");  // what he may not have he is not told of
  BOOST_TEST(text(root.get("/v1/resolve?csp=aws", shared).json().at("others")) == R"(["prod"])");
  const auto refused = http.get("/v1/resolve?csp=aws&profile=prod", shared);
  BOOST_TEST(refused.status == 403, refused);
  BOOST_TEST(refused.body.find("profile \\\"prod\\\"") != std::string::npos, refused);
  BOOST_TEST(refused.body.find(marker) == std::string::npos);
  BOOST_TEST(column(http.get("/v1/credentials", shared).json(), "profile") == "dev");
  BOOST_TEST(http.get("/v1/explain?csp=aws", shared).body.find("prod") == std::string::npos);
  // What he may not have is not there for him, and whether there is such a credential he does not learn.
  BOOST_TEST(root.post("/v1/credentials", text(aws_of("", "AKIANONE")), shared).status == 200);
  BOOST_TEST(text_at(http.get("/v1/resolve?csp=aws", shared).json(), "profile") == "dev");
  for (const auto* target :
       {"/v1/resolve?csp=aws&profile=prod", "/v1/resolve?csp=aws&profile=nothing", "/v1/resolve?csp=aws&noProfile=true",
        "/v1/resolve?csp=aws&profile=prod&minTtl=20h", "/v1/explain?csp=aws&profile=prod",
        "/v1/explain?csp=aws&profile=nothing", "/v1/credentials?csp=aws&profile=prod"})
    BOOST_TEST(http.get(target, shared).status == 403, target);
  BOOST_TEST(http.post("/v1/resolve", R"({"csp":"aws","profile":"prod"})", shared).status == 403);
  const auto late = http.get("/v1/resolve?csp=aws&minTtl=20h", shared);
  BOOST_TEST(late.status == 409, late);
  BOOST_TEST(late.body.find("prod") == std::string::npos, late);
  const auto explained = http.get("/v1/explain?csp=aws", shared);
  BOOST_TEST(explained.body.find("prod") == std::string::npos, explained);
  BOOST_TEST(explained.json().at("candidates").as_array().size() == 1U);
  BOOST_TEST(root.remove("/v1/credentials?csp=aws&profile=dev", shared).status == 200);
  const auto gone = http.get("/v1/resolve?csp=aws", shared);
  BOOST_TEST(gone.status == 404, gone);
  BOOST_TEST(gone.body.find("prod") == std::string::npos, gone);
  BOOST_TEST(root.post("/v1/credentials", text(aws_of("dev", "AKIADEV")), shared).status == 200);
  BOOST_TEST(http.get("/v1/resolve?csp=aws&profile=dev", shared).status == 200);
  const auto reads = root.get("/v1/credentials?noProfile=true", shared).json();
  BOOST_TEST(reads.at(0).at("reads").as_int64() == 0);  // a refusal is no read
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace profiles_test
