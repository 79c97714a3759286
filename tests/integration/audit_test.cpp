// The audit (S14): one JSON line per event, with who, what and how it ended; never a value.
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "peers.hpp"
#include "scenario.hpp"
#include "tcp.hpp"

namespace audit_test {

using namespace credcached::testing;
using credcache::testing::skipped;

namespace {

/// A daemon that audits to `to`, by default a file of its own folder.
struct audited_daemon {
  temporary_folder folder;
  std::string file;
  running_daemon own;

  explicit audited_daemon(std::string to = {}, std::string_view on_failure = "count", bool with_tcp = false,
                          std::string_view more = "")
      : file(to.empty() ? folder / "audit.log" : std::move(to)), own({}, flags(on_failure, with_tcp, more)) {}

  void configure(std::string_view on_failure, std::string_view more = "") const {
    write_text(folder / "config.yaml",
               "audit: {to: " + file + ", onFailure: " + std::string(on_failure) + "}\n" + std::string(more));
  }
  [[nodiscard]] arguments flags(std::string_view on_failure, bool with_tcp, std::string_view more) const {
    configure(on_failure, more);
    arguments all{"--config", folder / "config.yaml"};
    if (with_tcp) all.insert(all.end(), {"--listen", "tcp:127.0.0.1:0", "--token-file", folder / "token"});
    return all;
  }
  [[nodiscard]] std::vector<json::value> lines() const {
    std::vector<json::value> parsed;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      if (!line.empty() && line.back() == '}') parsed.push_back(json::parse(line));  // else it was cut short
    }
    return parsed;
  }
  /// How many lines of this event are about `csp`.
  [[nodiscard]] std::size_t count(std::string_view event, std::string_view csp) const {
    const auto all = lines();
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const json::value& line) {
      return text_at(line, "event") == event && line.as_object().contains("csp") && text_at(line, "csp") == csp;
    }));
  }
  /// The last line with this event, once there is one.
  [[nodiscard]] json::value last(std::string_view event) const {
    json::value found;
    eventually([&] {
      for (const auto& line : lines()) {
        if (text_at(line, "event") == event) found = line;
      }
      return !found.is_null();
    });
    BOOST_REQUIRE_MESSAGE(!found.is_null(), "no line of event " << event);
    return found;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(every_event_has_its_line_and_no_value) {
  audited_daemon audited;
  auto& http = audited.own.http;
  BOOST_TEST(http.post(users, text(with(aws(), "timeToLive", 1)), as_user("alice")).status == 204);
  const auto added = audited.last("add");
  BOOST_TEST(added.at("uid").to_number<uid_t>() == ::getuid());
  BOOST_TEST(added.at("pid").to_number<pid_t>() == ::getpid());
  BOOST_TEST(!added.as_object().contains("executable"));  // what the kernel says of it later is no evidence
  BOOST_TEST(text_at(added, "user") == "alice");
  BOOST_TEST(text_at(added, "csp") == "aws");
  BOOST_TEST(text_at(added, "site") == "default");
  BOOST_TEST(text_at(added, "name") == "ACCESS_KEY");
  BOOST_TEST(added.at("status").to_number<int>() == 204);
  BOOST_TEST(added.as_object().contains("microseconds"));

  BOOST_TEST(http.get("/v1/resolve?csp=aws", as_user("alice")).status == 200);
  BOOST_TEST(text_at(audited.last("resolve").at("sources"), "AWS_SECRET_ACCESS_KEY") == "cache");
  BOOST_TEST(text_at(audited.last("expiry"), "user") == "alice");

  BOOST_TEST(http.get("/v1/resolve?csp=aws", as_user("alice")).status == 404);
  const auto failed = audited.last("resolve");
  BOOST_TEST(failed.at("status").to_number<int>() == 404);
  BOOST_TEST(text_at(failed, "errorType") == "Credentials Not Found");
  BOOST_TEST(!failed.as_object().contains("sources"));

  BOOST_TEST(http.post(users, text(huawei())).status == 204);
  BOOST_TEST(http.remove("/v1/credentials?all=true").status == 200);
  BOOST_TEST(audited.last("remove").at("count").to_number<int>() == 1);
  BOOST_TEST(!contains(read_text(audited.file), marker));
  const auto mode = std::filesystem::status(audited.file).permissions();
  BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_apart) {
  audited_daemon audited({}, "count", true);
  auto tcp = http_client::tcp(tcp_port_of(audited.own.daemon));
  BOOST_TEST(tcp.get("/v1/resolve?csp=aws").status == 401);
  const auto refused = audited.last("refusal");
  BOOST_TEST(refused.at("status").to_number<int>() == 401);
  BOOST_TEST(text_at(refused, "errorType") == "Unauthorized");
}

BOOST_AUTO_TEST_CASE(every_refusal_for_a_csp_has_its_line_with_the_csp) {
  audited_daemon audited({}, "count", false, "access: [{peer: {}, csps: [aws]}]\n");
  auto& http = audited.own.http;
  const struct {
    std::string_view event, csp, action, target;
  } refused[] = {{"refusal", "azure", "list", "/v1/explain?csp=azure"},
                 {"refusal", "PlusServer", "list", "/xpanse/user/credentials?cspName=PlusServer"},
                 {"resolve", "OpenstackTestlab", "resolve", "/v1/resolve?csp=OpenstackTestlab"},
                 {"refusal", "aws", "resolve", "/v1/resolve?csp=AWS&user=somebody-else"}};
  for (const auto& r : refused) {
    BOOST_TEST_CONTEXT(r.target) {
      BOOST_TEST(http.get(std::string(r.target)).status == 403);
      // One a second at most, so each waits for the one before to be past.
      BOOST_TEST(eventually([&] { return audited.count(r.event, r.csp) == 1; }));
      BOOST_TEST(text_at(audited.last(r.event), "action") == r.action);
    }
  }
  BOOST_TEST(http.post(users, text(huawei())).status == 403);
  BOOST_TEST(eventually([&] { return audited.count("add", "HuaweiCloud") == 1; }));
  BOOST_TEST(http.remove("/v1/credentials?csp=azure").status == 403);
  BOOST_TEST(eventually([&] { return audited.count("remove", "azure") == 1; }));
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_rule_to_the_audit_and_to_nobody_else) {
  audited_daemon audited(
      {}, "count", false,
      "access:\n  - {peer: {}, owners: [alice], decision: refuse}\n  - {peer: {}, owners: [self]}\n");
  auto& http = audited.own.http;
  const auto refused = http.get("/v1/resolve?csp=aws&user=alice");
  BOOST_TEST(refused.status == 403);
  BOOST_TEST_REQUIRE(eventually([&] { return audited.count("refusal", "aws") == 1; }));
  const auto line = audited.last("refusal").at("rule").to_number<std::size_t>();
  std::istringstream file(read_text(audited.folder / "config.yaml"));
  std::string text;
  for (std::size_t i = 0; i < line; ++i) std::getline(file, text);
  BOOST_TEST(contains(text, "owners: [alice]"));
  BOOST_TEST(!contains(refused.body, "line"));
  BOOST_TEST(http.get("/v1/explain?csp=aws&user=bob").status == 403);
  BOOST_TEST_REQUIRE(eventually([&] { return text_at(audited.last("refusal"), "user") == "bob"; }));
  BOOST_TEST(!audited.last("refusal").as_object().contains("rule"));  // none decided
}

BOOST_AUTO_TEST_CASE(a_flood_of_refusals_has_few_lines_that_count_all_and_hide_nothing) {
  constexpr int flood = 2'000;
  audited_daemon audited({}, "count", true, "access: [{peer: {}}]\n");
  const auto port = tcp_port_of(audited.own.daemon);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < flood; ++i) BOOST_TEST_REQUIRE(http_client::tcp(port).get("/v1/resolve?csp=aws").status == 401);
  BOOST_TEST(audited.own.http.post(users, text(aws())).status == 204);
  BOOST_TEST(audited.count("add", "aws") == 1U);
  const auto refused = [&] {
    std::pair<std::size_t, int> lines_and_refusals{0, 0};
    for (const auto& line : audited.lines()) {
      if (text_at(line, "event") != "refusal") continue;
      ++lines_and_refusals.first;
      const auto* const count = line.as_object().if_contains("count");
      lines_and_refusals.second += count == nullptr ? 1 : count->to_number<int>();
    }
    return lines_and_refusals;
  };
  BOOST_TEST(eventually([&] { return refused().second == flood; }));
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count();
  BOOST_TEST(refused().first <= static_cast<std::size_t>(seconds) + 2);
}

BOOST_AUTO_TEST_CASE(what_was_counted_is_written_before_the_end) {
  audited_daemon audited({}, "count", true);
  const auto port = tcp_port_of(audited.own.daemon);
  for (int i = 0; i < 3; ++i) BOOST_TEST(http_client::tcp(port).get("/v1/resolve?csp=aws").status == 401);
  BOOST_TEST(audited.own.daemon.stop().value_or(-1) == 0);
  const auto all = audited.lines();
  BOOST_TEST_REQUIRE(all.size() >= 2U);
  BOOST_TEST(all.back().as_object().contains("count"));
}

BOOST_AUTO_TEST_CASE(sighup_opens_the_file_anew_for_logrotate) {
  audited_daemon audited;
  BOOST_TEST(audited.own.http.post(users, text(aws())).status == 204);
  (void)audited.last("add");
  std::filesystem::rename(audited.file, audited.file + ".1");
  audited.own.daemon.signal(SIGHUP);
  BOOST_TEST(
      eventually([&] { return contains(audited.own.http.get("/metrics").body, "credcached_reloads_total 1\n"); }));
  BOOST_TEST(std::filesystem::exists(audited.file));
  BOOST_TEST(audited.own.http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(audited.last("resolve").at("status").to_number<int>() == 200);
}

BOOST_AUTO_TEST_CASE(with_run_as_a_reload_opens_it_as_well, *boost::unit_test::precondition(as_root())) {
  const passable_folder folder;
  const std::string file = folder / "audit.log";
  write_text(folder / "config.yaml", "runAs: nobody\naudit: {to: " + file + "}\naccess: [{peer: {}}]\n", 0644);
  running_daemon own({}, {"--config", folder / "config.yaml"});
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 404);
  own.daemon.signal(SIGHUP);
  BOOST_TEST(own.daemon.logs("Reloaded"));
  BOOST_TEST(own.http.get("/v1/resolve?csp=aws").status == 404);
  const std::string lines = read_text(file);
  BOOST_TEST(std::count(lines.begin(), lines.end(), '\n') == 2);
}

BOOST_AUTO_TEST_CASE(lines_that_cannot_be_written_are_counted) {
  audited_daemon audited("/dev/full");
  BOOST_TEST(audited.own.http.post(users, text(aws())).status == 204);
  BOOST_TEST(audited.own.http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(contains(audited.own.http.get("/metrics").body, "credcached_audit_failures_total 2\n"));
}

BOOST_AUTO_TEST_CASE(or_refuse_service_before_anything_is_changed) {
  audited_daemon audited("/dev/full", "refuse");
  check_problem(audited.own.http.post(users, text(aws())), 503, "Capacity Exceeded");
  BOOST_TEST(audited.own.http.get("/v1/credentials").json().as_array().empty());
  const auto refused = audited.own.http.get("/v1/resolve?csp=aws");
  check_problem(refused, 503, "Capacity Exceeded");
  BOOST_TEST(audited.own.http.get("/healthz").status == 200);
  BOOST_TEST(contains(audited.own.http.get("/metrics").body,
                      "credcached_problems_total{error_type=\"Capacity Exceeded\"} 2\n"));
}

BOOST_AUTO_TEST_CASE(then_nothing_is_removed_either) {
  audited_daemon audited;
  BOOST_TEST(audited.own.http.post(users, text(aws())).status == 204);
  audited.file = "/dev/full";
  audited.configure("refuse");
  audited.own.daemon.signal(SIGHUP);
  BOOST_TEST(audited.own.daemon.logs("Reloaded"));
  BOOST_TEST(audited.own.http.remove("/v1/credentials?all=true").status == 503);
  BOOST_TEST(audited.own.http.get("/v1/credentials").json().as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(then_an_answer_that_is_withheld_is_no_read) {
  audited_daemon audited;
  auto& http = audited.own.http;
  BOOST_TEST(http.post(users, text(aws())).status == 204);
  audited.file = "/dev/full";
  audited.configure("refuse");
  audited.own.daemon.signal(SIGHUP);
  BOOST_TEST(audited.own.daemon.logs("Reloaded"));
  BOOST_TEST(http.get("/v1/resolve?csp=aws").status == 503);
  const auto item = http.get("/v1/credentials").json().at(0);
  BOOST_TEST(item.at("reads").as_int64() == 0);
  BOOST_TEST(item.at("lastReadAt").is_null());
  BOOST_TEST(contains(http.get("/metrics").body, "credcached_credentials_resolved_total 0\n"));
}

BOOST_AUTO_TEST_CASE(then_a_change_has_a_line_before_it_is_made_and_one_after) {
  audited_daemon audited({}, "refuse");
  BOOST_TEST(audited.own.http.post(users, text(aws())).status == 204);
  BOOST_TEST(audited.own.http.remove("/v1/credentials?csp=aws").status == 200);
  BOOST_TEST(audited.own.http.get("/v1/resolve?csp=aws").status == 404);
  std::string events;
  for (const auto& line : audited.lines()) events += text_at(line, "event") + " " + text_at(line, "csp") + ", ";
  BOOST_TEST(events == "adding aws, add aws, removing aws, remove aws, resolve aws, ");
}

BOOST_AUTO_TEST_CASE(a_disk_that_runs_full_lets_no_change_through_without_a_line,
                     *boost::unit_test::precondition(as_root())) {
  const temporary_folder disk;
  if (::mount("audit", disk.path().c_str(), "tmpfs", 0, "size=16k") != 0)
    return (void)skipped("a_disk_that_runs_full_lets_no_change_through_without_a_line",
                         "this machine lets nobody mount");
  const struct mounted {
    std::string where;
    ~mounted() { ::umount2(where.c_str(), MNT_DETACH); }
  } unmount{disk.path().string()};
  audited_daemon audited(disk / "audit.log", "refuse");
  auto& http = audited.own.http;
  std::set<std::string> added;
  int status = 204;
  for (int i = 0; i < 500 && status == 204; ++i) {
    const std::string owner = "owner" + std::to_string(i);
    status = http.post(users, text(aws()), as_user(owner)).status;
    if (status == 204) added.insert(owner);
  }
  BOOST_TEST(status == 503);
  for (const auto& line : audited.lines()) {
    if (text_at(line, "event") == "adding") added.erase(text_at(line, "user"));
  }
  BOOST_TEST(added.empty());  // each of them has its line
  BOOST_TEST(
      contains(http.get("/metrics").body, "credcached_entries " + std::to_string(audited.count("adding", "aws"))));
  // Room again: service again, and the gap is said.
  std::filesystem::resize_file(audited.file, 0);
  BOOST_TEST(http.post(users, text(aws()), as_user("later")).status == 204);
  BOOST_TEST(contains(read_text(audited.file), "lines before this one are missing"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace audit_test
