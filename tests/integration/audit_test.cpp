// The audit (S14): one JSON line per event, with who, what and how it ended; never a value.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "scenario.hpp"
#include "tcp.hpp"

using namespace credcached::testing;

namespace {

/// A daemon that audits to `to`, by default a file of its own folder.
struct audited_daemon {
  temporary_folder folder;
  std::string file;
  running_daemon own;

  explicit audited_daemon(std::string to = {}, std::string_view on_failure = "count", bool with_tcp = false)
      : file(to.empty() ? folder / "audit.log" : std::move(to)), own({}, flags(on_failure, with_tcp)) {}

  [[nodiscard]] arguments flags(std::string_view on_failure, bool with_tcp) const {
    write_text(folder / "config.yaml", "audit: {to: " + file + ", onFailure: " + std::string(on_failure) + "}\n");
    arguments all{"--config", folder / "config.yaml"};
    if (with_tcp) all.insert(all.end(), {"--listen", "tcp:127.0.0.1:0", "--token-file", folder / "token"});
    return all;
  }
  [[nodiscard]] std::vector<json::value> lines() const {
    std::vector<json::value> parsed;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) parsed.push_back(json::parse(line));
    return parsed;
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
  BOOST_TEST(text_at(added, "executable") == std::filesystem::read_symlink("/proc/self/exe").string());
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

BOOST_AUTO_TEST_CASE(lines_that_cannot_be_written_are_counted) {
  audited_daemon audited("/dev/full");
  BOOST_TEST(audited.own.http.post(users, text(aws())).status == 204);
  BOOST_TEST(audited.own.http.get("/v1/resolve?csp=aws").status == 200);
  BOOST_TEST(contains(audited.own.http.get("/metrics").body, "credcached_audit_failures_total 2\n"));
}

BOOST_AUTO_TEST_CASE(or_refuse_service_if_that_is_configured) {
  audited_daemon audited("/dev/full", "refuse");
  BOOST_TEST(audited.own.http.post(users, text(aws())).status == 503);
  const auto refused = audited.own.http.get("/v1/resolve?csp=aws");
  check_problem(refused, 503, "Capacity Exceeded");
  BOOST_TEST(audited.own.http.get("/healthz").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
