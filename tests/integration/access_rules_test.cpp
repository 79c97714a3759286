// S7: who may do what. Peers are real uids, told by the kernel; the rules of the configuration decide, the first match.
#include <fcntl.h>
#include <grp.h>

#include <algorithm>
#include <future>

#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "peers.hpp"

namespace access_rules_test {

using namespace credcached::testing;

namespace {

/// Root is a peer like any other once there are rules; the tests themselves need a little of it.
constexpr std::string_view root_rule = "  - {peer: {uid: 0}, owners: [\"*\"]}\n";

struct call_row {
  identity who;
  std::string_view method, target;
  header_list owner;
  int status;
};

constexpr std::string_view get = "GET", post = "POST", del = "DELETE";
constexpr std::string_view resolve_aws = "/v1/resolve?csp=aws";
constexpr std::string_view list_all = "/v1/credentials";
constexpr std::string_view remove_all = "/v1/credentials?all=true";
const header_list self{};

/// 404 means: allowed, but nothing is cached.
void check(const open_daemon& own, const std::vector<call_row>& rows) {
  for (const auto& row : rows) {
    auto http = connect_as(row.who, own.socket);
    const auto answer =
        http.request(row.method, row.target, row.method == post ? text(aws()) : std::string(), row.owner);
    BOOST_TEST_CONTEXT("uid " << row.who.uid << " gid " << row.who.gid << " " << row.method << " " << row.target << " "
                              << (row.owner.empty() ? "self" : row.owner[0].second) << "\n"
                              << answer) {
      BOOST_TEST(answer.status == row.status);
      if (row.status == 403) BOOST_TEST(answer.error_type() == "Access Denied");
    }
  }
}

std::chrono::nanoseconds median(std::vector<std::chrono::nanoseconds> times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access_rules, *boost::unit_test::precondition(as_root()))

BOOST_AUTO_TEST_CASE(without_rules_only_root_and_the_daemons_own_user_are_served) {
  passable_folder folder;
  const auto socket = folder / "s";
  write_text(folder / "config.yaml", "runAs: nobody\nlisten: [{address: \"unix:" + socket + "\", mode: \"0600\"}]\n");
  const daemon_process daemon({.flags = {"--config", folder / "config.yaml"}, .socket = socket, .listen_flag = false});
  BOOST_TEST_REQUIRE(::chmod(socket.c_str(), 0666) == 0);  // for this test alone: the daemon refuses to do it
  for (const auto who : {identity{0, 0}, nobody}) {
    auto http = connect_as(who, socket);
    BOOST_TEST(http.post(users, text(aws())).status == 204);
    BOOST_TEST(http.get("/v1/status").status == 200);
  }
  for (const auto who : {daemon_user, games_user, no_account, identity{1, 65534}}) {
    auto http = connect_as(who, socket);
    for (const auto* target : {"/v1/credentials", "/v1/status", "/v1/resolve?csp=aws", "/metrics", "/nosuch"})
      check_problem(http.get(target), 403, "Access Denied");
    check_problem(http.post(users, text(aws())), 403, "Access Denied");
  }
}

BOOST_AUTO_TEST_CASE(a_rule_names_peers_by_uid_gid_user_or_group) {
  const open_daemon own("access:\n" + std::string(root_rule) +
                        "  - {peer: {uid: 54321}}\n"
                        "  - {peer: {gid: 60}}\n"
                        "  - {peer: {user: daemon}}\n"
                        "  - {peer: {group: bin}}\n"
                        "  - {peer: {user: sys, gid: 1}}\n");
  check(own,
        {
            {no_account, post, users, self, 204},
            {no_account, get, resolve_aws, self, 200},      // its own, under its number
            {{54321, 1}, get, resolve_aws, self, 200},      // whatever its group
            {{54322, 54321}, get, resolve_aws, self, 403},  // a gid is no uid
            {{54322, 60}, get, resolve_aws, self, 404},     // by gid
            {games_user, get, resolve_aws, self, 404},
            {{5, 54321}, get, resolve_aws, self, 403},  // what the process has counts, not what its account could have
            {daemon_user, get, resolve_aws, self, 404},
            {{54322, 1}, get, resolve_aws, self, 403},  // group daemon is not user daemon
            {bin_user, get, resolve_aws, self, 404},
            {{54322, 2}, get, resolve_aws, self, 404},
            {{3, 1}, get, resolve_aws, self, 404},  // both parts match
            {sys_user, get, resolve_aws, self, 403},
            {nobody, get, resolve_aws, self, 403},
        });
}

BOOST_AUTO_TEST_CASE(a_rule_is_for_some_actions_owners_and_csps) {
  const open_daemon own("access:\n" + std::string(root_rule) +
                        "  - {peer: {uid: 1}, actions: [resolve], owners: [alice, \"isv:acme\"], csps: [aws]}\n"
                        "  - {peer: {uid: 2}, actions: [add, list, remove], owners: [\"*\"]}\n"
                        "  - {peer: {uid: 3}, owners: [self]}\n"
                        "  - {peer: {uid: 5}, actions: [admin]}\n");
  const auto huawei_of_alice = "/v1/resolve?csp=HuaweiCloud";
  check(own, {
                 {bin_user, post, users, as_user("alice"), 204},
                 {bin_user, post, isvs, as_isv("acme"), 204},
                 {bin_user, get, resolve_aws, as_user("alice"), 403},
                 {bin_user, get, list_all, as_user("alice"), 200},
                 {bin_user, get, "/v1/status", self, 403},
                 {daemon_user, get, resolve_aws, as_user("alice"), 200},
                 {daemon_user, get, resolve_aws, as_isv("acme"), 200},
                 {daemon_user, get, resolve_aws, as_user("acme"), 403},  // a user is no ISV
                 {daemon_user, get, resolve_aws, as_isv("alice"), 403},  // and the other way round
                 {daemon_user, get, "/v1/resolve?csp=aws&user=bob", self, 403},
                 {daemon_user, get, resolve_aws, self, 403},  // its own name is not on the list
                 {daemon_user, get, huawei_of_alice, as_user("alice"), 403},
                 {daemon_user, get, list_all, as_user("alice"), 403},
                 {daemon_user, post, users, as_user("alice"), 403},
                 {daemon_user, del, remove_all, as_user("alice"), 403},
                 {sys_user, post, users, self, 204},
                 {sys_user, post, users, as_user("sys"), 204},  // self by its name
                 {sys_user, get, resolve_aws, self, 200},
                 {sys_user, get, resolve_aws, as_user("alice"), 403},
                 {sys_user, get, resolve_aws, as_isv("sys"), 403},
                 {games_user, get, "/v1/status", self, 200},
                 {games_user, get, "/metrics", self, 200},
                 {games_user, get, list_all, self, 403},
                 {bin_user, del, remove_all, as_user("alice"), 200},
                 {daemon_user, get, resolve_aws, as_user("alice"), 404},
             });
}

BOOST_AUTO_TEST_CASE(the_first_match_decides_and_no_match_refuses) {
  const open_daemon own("access:\n" + std::string(root_rule) +
                        "  - {peer: {uid: 1}, csps: [aws], decision: refuse}\n"
                        "  - {peer: {gid: 1}, owners: [\"*\"]}\n"
                        "  - {peer: {uid: 2}, owners: [\"*\"]}\n"
                        "  - {peer: {uid: 2}, decision: refuse}\n"
                        "  - {peer: {}, actions: [list], owners: [self]}\n");
  check(own, {
                 {daemon_user, get, resolve_aws, self, 403},
                 {daemon_user, post, users, self, 403},
                 {daemon_user, get, "/v1/resolve?csp=Vultr", self, 404},
                 {{54321, 1}, get, resolve_aws, self, 404},
                 {bin_user, get, resolve_aws, self, 404},  // the refusal comes too late
                 {no_account, get, list_all, self, 200},   // {} is everybody
                 {no_account, get, list_all, as_user("alice"), 403},
                 {no_account, get, resolve_aws, self, 403},
             });
}

BOOST_AUTO_TEST_CASE(a_refusal_says_what_the_rules_do_not_allow) {
  const open_daemon own("access:\n" + std::string(root_rule) + "  - {peer: {uid: 1}, actions: [list], csps: [aws]}\n");
  auto http = connect_as(daemon_user, own.socket);
  const auto detail = [&](std::string_view target, const header_list& owner = {}) {
    const auto answer = http.get(target, owner);
    BOOST_TEST(answer.status == 403, answer);
    return std::string(answer.json().at("details").at(0).as_string());
  };
  const std::string refusal = "The access rules do not let you do this: action ";
  BOOST_TEST(detail(list_all, as_user("alice")) == refusal + "list, owner alice.");
  BOOST_TEST(detail(list_all, as_isv("acme")) == refusal + "list, owner isv:acme.");
  BOOST_TEST(detail(resolve_aws) == refusal + "resolve, owner daemon.");
  BOOST_TEST(detail("/v1/explain?csp=AZURE") == refusal + "list, owner daemon, csp azure.");
  BOOST_TEST(detail("/v1/status") == refusal + "admin.");
}

BOOST_AUTO_TEST_CASE(all_owners_are_listed_as_far_as_the_rules_let_them_be) {
  const open_daemon own("access:\n" + std::string(root_rule) +
                        "  - {peer: {uid: 1}, actions: [list], owners: [\"*\"]}\n"
                        "  - {peer: {uid: 2}, actions: [list], owners: [shared], csps: [aws]}\n"
                        "  - {peer: {uid: 3}, actions: [resolve], owners: [\"*\"]}\n"
                        "  - {peer: {uid: 5}, owners: [self]}\n");
  auto root = connect_as({0, 0}, own.socket);
  for (const auto& owner : {as_user("alice"), as_user("shared"), as_user("games")})
    BOOST_TEST(root.post(users, text(aws()), owner).status == 204);
  BOOST_TEST(root.post(users, text(huawei()), as_user("shared")).status == 204);
  BOOST_TEST(root.post(isvs, text(aws()), as_isv("alice")).status == 204);

  const auto all = [&](identity who) {
    const auto answer = connect_as(who, own.socket).get("/v1/credentials/all");
    BOOST_TEST(answer.status == 200, answer);
    BOOST_TEST(!contains(answer.body, marker));
    std::vector<std::string> found;
    const json::value items = answer.json();
    for (const auto& item : items.as_array()) {
      const bool isv = item.as_object().contains("isv");
      found.push_back((isv ? "isv:" : "") + text_at(item, isv ? "isv" : "user") + " " + text_at(item, "csp"));
    }
    std::ranges::sort(found);
    return credcache::joined(found);
  };
  BOOST_TEST(all(daemon_user) == "alice aws, games aws, isv:alice aws, shared HuaweiCloud, shared aws");
  BOOST_TEST(all(bin_user) == "shared aws");
  BOOST_TEST(all(sys_user) == "");
  BOOST_TEST(all(games_user) == "games aws");
  check_problem(connect_as(no_account, own.socket).get("/v1/credentials/all"), 403, "Access Denied");
  check_problem(root.get("/v1/credentials/all?user=alice"), 400, "Parameters Invalid");

  const auto listed = run_cli({"list", "--all-owners", "--socket", own.socket});
  BOOST_TEST_CONTEXT(listed) {
    BOOST_TEST(listed.code == 0);
    BOOST_TEST(listed.out.starts_with("OWNER"));
    BOOST_TEST(contains(listed.out, "\nisv:alice  aws"));
  }
  const auto star = run_cli({"list", "--user", "*", "--socket", own.socket});
  BOOST_TEST(star.code == 2);
  BOOST_TEST(contains(star.err, "--all-owners"));
}

BOOST_AUTO_TEST_CASE(a_long_list_of_all_owners_is_whole_whatever_is_passed_over) {
  const open_daemon own("access:\n" + std::string(root_rule) +
                        "  - {peer: {uid: 1}, actions: [list], owners: [owner-7]}\n");
  auto root = connect_as({0, 0}, own.socket);
  constexpr int many = 3'000;
  for (int i = 0; i < many; ++i)
    BOOST_TEST_REQUIRE(root.post(users, text(aws()), as_user("owner-" + std::to_string(i))).status == 204);
  BOOST_TEST(root.get("/v1/credentials/all").json().as_array().size() == std::size_t{many});
  BOOST_TEST(connect_as(daemon_user, own.socket).get("/v1/credentials/all").json().as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_reload_changes_the_rules_of_open_connections_and_a_broken_file_does_not) {
  const auto rules = [](std::string_view rule) { return "access:\n" + std::string(root_rule) + std::string(rule); };
  const open_daemon own(rules("  - {peer: {uid: 1}}\n"));
  auto http = connect_as(daemon_user, own.socket);
  BOOST_TEST(http.get(list_all).status == 200);
  const auto status_is = [&](int status) { return eventually([&] { return http.get(list_all).status == status; }); };

  own.reload(rules("  - {peer: {uid: 2}}\n"), "Reloaded");
  BOOST_TEST(status_is(403));
  own.reload(rules("  - {peer: {uid: 1}}\n"), "Reloaded");
  BOOST_TEST(status_is(200));
  for (const auto* broken : {"  - {peer: {uid: one}}\n", "  - {peer: {uid: 2}, decision: maybe}\n", "  - [\n",
                             "  - {peer: {user: no-such-user-here}}\n", "  - {peer: {token: no-such-token}}\n"}) {
    BOOST_TEST_CONTEXT(broken) {
      own.reload(rules(broken), "Not reloaded");
      BOOST_TEST(http.get(list_all).status == 200);
      BOOST_TEST(connect_as(bin_user, own.socket).get(list_all).status == 403);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_peer_learns_nothing_about_owners_it_may_not_see) {
  const open_daemon own("access:\n" + std::string(root_rule) + "  - {peer: {uid: 1}}\n");
  auto root = connect_as({0, 0}, own.socket);
  BOOST_TEST(root.post(users, text(aws()), as_user("alice")).status == 204);

  auto http = connect_as(daemon_user, own.socket);
  for (const auto target : {resolve_aws, list_all, users, std::string_view("/v1/explain?csp=aws")}) {
    const auto there = http.get(target, as_user("alice"));
    const auto nowhere = http.get(target, as_user("bobby"));
    BOOST_TEST(there.status == 403);
    std::string body = nowhere.body;
    for (auto at = body.find("bobby"); at != std::string::npos; at = body.find("bobby")) body.replace(at, 5, "alice");
    BOOST_TEST(there.body == body);
    BOOST_TEST(there.headers.size() == nowhere.headers.size());
  }
  // One after the other, so that whatever else the machine does meets both alike.
  std::vector<std::chrono::nanoseconds> there, nowhere;
  for (int i = 0; i < 1'500; ++i) {
    for (auto* times : {&there, &nowhere}) {
      const auto headers = as_user(times == &there ? "alice" : "bobby");
      const auto begin = std::chrono::steady_clock::now();
      const auto answer = http.get(resolve_aws, headers);
      times->push_back(std::chrono::steady_clock::now() - begin);
      BOOST_TEST_REQUIRE(answer.status == 403);
    }
  }
  const auto difference = std::chrono::abs(median(there) - median(nowhere));
  BOOST_TEST_CONTEXT(median(there).count() << " ns and " << median(nowhere).count() << " ns")
  BOOST_TEST((difference < std::max<std::chrono::nanoseconds>(median(nowhere) / 5, 5us)));
}

// In a user namespace that maps root alone, every other user of the machine is the one overflow uid: here, nobody's.
BOOST_AUTO_TEST_CASE(whoever_the_namespace_does_not_map_is_nobody_in_particular) {
  if (run({"unshare", "--user", "--map-root-user", "true"}).code != 0)
    return skip("whoever_the_namespace_does_not_map_is_nobody_in_particular", "user namespaces are not allowed here");
  const passable_folder folder;
  const std::string socket = folder / "s";
  write_text(folder / "config.yaml", "listen: [{address: \"unix:" + socket +
                                         "\", mode: \"0666\"}]\naccess:\n  - {peer: {}, owners: [self, \"*\"]}\n"
                                         "  - {peer: {uid: 65534}, owners: [\"*\"]}\n");
  write_text(folder / "log", "");
  const credcache::unique_fd log(::open((folder / "log").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  child_process daemon(
      {"unshare", "--user", "--map-root-user", CREDCACHED_EXECUTABLE, "serve", "--config", folder / "config.yaml"}, {},
      {-1, -1, log.get()});
  BOOST_TEST_REQUIRE(eventually([&] { return http_client::try_unix(socket) != nullptr; }));
  for (const identity who : {bin_user, nobody}) {
    for (int i = 0; i < 2; ++i) {
      auto http = connect_as(who, socket);
      check_problem(http.get(resolve_aws), 403, "Access Denied");
      check_problem(http.get("/healthz"), 403, "Access Denied");
      BOOST_TEST(contains(http.get("/v1/credentials").body, "does not map your user"));
    }
  }
  BOOST_TEST(http_client::unix_socket(socket).get(list_all).status == 200);
  daemon.signal(SIGTERM);
  BOOST_TEST(daemon.wait().value_or(-1) == 0);
  const auto text = read_text(folder / "log");
  const auto warning = text.find("Users whom the user namespace of this daemon does not map");
  BOOST_TEST(warning != std::string::npos);
  BOOST_TEST(text.find("does not map", warning + 60) == std::string::npos);
}

// Without any map every user has that uid, and so has the daemon itself.
BOOST_AUTO_TEST_CASE(a_namespace_without_a_map_has_no_daemon) {
  if (run({"unshare", "--user", "true"}).code != 0)
    return skip("a_namespace_without_a_map_has_no_daemon", "user namespaces are not allowed here");
  const temporary_folder folder;
  const auto refused = run({"unshare", "--user", CREDCACHED_EXECUTABLE, "serve", "--listen", "unix:" + (folder / "s")});
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(contains(refused.err, "the user namespace maps nobody to uid"));
  }
}

// The groups are those that the kernel has, and an account that could not be asked for is nobody's number.
BOOST_AUTO_TEST_CASE(descriptors_that_are_used_up_make_nobody_somebody_else) {
#ifdef CREDCACHED_SANITIZED
  return skip(
      "descriptors_that_are_used_up_make_nobody_somebody_else",
      "UBSan looks through a pipe whether memory can be read, and takes an object for none without descriptors");
#endif
  const passable_folder folder;
  const auto socket = folder / "s";
  write_text(folder / "config.yaml", "listen: [{address: \"unix:" + socket +
                                         "\", mode: \"0666\"}]\naccess:\n"
                                         "  - {peer: {gid: 60}, owners: [\"*\"], decision: refuse}\n"
                                         "  - {peer: {}, owners: [self, shared]}\n");
  write_text(folder / "few", "#!/bin/sh\nulimit -n 64\nexec " CREDCACHED_EXECUTABLE " \"$@\"\n", 0755);
  const daemon_process daemon({.flags = {"--config", folder / "config.yaml"},
                               .socket = socket,
                               .executable = folder / "few",
                               .listen_flag = false});
  const gid_t games = games_user.gid;
  BOOST_TEST_REQUIRE(::setgroups(1, &games) == 0);
  std::vector<http_client> flood;
  for (int i = 0; i < 100; ++i) flood.push_back(connect_as(bin_user, socket));
  BOOST_TEST(daemon.logs("Connections have to wait"));
  auto waiting = connect_as(nobody, socket);
  auto answer = std::async(std::launch::async, [&] { return waiting.get("/v1/credentials?user=shared").status; });
  // One after the other: the last descriptor may go to the connection, and then there is none for the account database.
  while (!flood.empty() && answer.wait_for(20ms) != std::future_status::ready) flood.pop_back();
  flood.clear();
  const int status = answer.get();
  BOOST_TEST((status == 403 || status == 503), status);
  BOOST_TEST(connect_as(nobody, socket).get("/v1/credentials?user=shared").status == 403);
  BOOST_TEST_REQUIRE(::setgroups(0, nullptr) == 0);
  // A process that has given the group up is served, under the name of its account.
  auto served = connect_as(nobody, socket);
  BOOST_TEST(served.get("/v1/credentials?user=shared").status == 200);
  BOOST_TEST(text_at(served.get("/v1/explain?csp=aws").json(), "user") == "nobody");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace access_rules_test
