// What docs/security.md answers to the questions of a reviewer, where no other test holds the answer: what the kernel keeps
// apart, and what it does not.
#include <fcntl.h>
#include <grp.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <cerrno>
#include <fstream>

#include "base/unique_fd.hpp"
#include "peers.hpp"
#include "tcp.hpp"

namespace security_questions_test {

using namespace credcached::testing;

namespace {

bool opens(const std::string& file, identity who) {
  const acting_as role(who);
  return credcache::unique_fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC)).get() >= 0;
}

std::string of_process(pid_t process, std::string_view file) {
  return "/proc/" + std::to_string(process) + "/" + std::string(file);
}

/// Whether a process of `who` that is nothing else may attach to another one and read its memory.
struct reach_of_a_debugger {
  bool attaches = false, reads = false;
};
reach_of_a_debugger debugs(identity who, pid_t process, const void* address) {
  const pid_t debugger = ::fork();
  if (debugger == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(who.gid, who.gid, who.gid) != 0 ||
        ::setresuid(who.uid, who.uid, who.uid) != 0)
      ::_exit(100);
    char byte = 0;
    const iovec mine{&byte, 1}, theirs{const_cast<void*>(address), 1};
    const bool reads = ::process_vm_readv(process, &mine, 1, &theirs, 1, 0) == 1 || errno == EFAULT;
    const bool attaches = ::ptrace(PTRACE_SEIZE, process, nullptr, nullptr) == 0;
    ::_exit((attaches ? 1 : 0) + (reads ? 2 : 0));
  }
  int status = 0;
  BOOST_TEST_REQUIRE(::waitpid(debugger, &status, 0) == debugger);
  BOOST_TEST_REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) < 4));
  return {(WEXITSTATUS(status) & 1) != 0, (WEXITSTATUS(status) & 2) != 0};
}

arguments as(identity who, const arguments& command) {
  arguments all{"setpriv", "--reuid=" + std::to_string(who.uid), "--regid=" + std::to_string(who.gid),
                "--clear-groups"};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

/// A daemon of nobody's with a complete credential of aws in its environment.
struct nobodys_daemon {
  passable_folder folder;
  std::string socket = folder / "s";
  child_process daemon;

  nobodys_daemon()
      : daemon((own(), as(nobody, {CREDCACHED_EXECUTABLE, "serve", "--listen", "unix:" + socket})), house()) {
    BOOST_TEST_REQUIRE(eventually([this] { return http_client::try_unix(socket) != nullptr; }));
  }
  void own() const { BOOST_TEST_REQUIRE(::chown(folder.path().c_str(), nobody.uid, nobody.gid) == 0); }
  static environment house() {
    return {{"AWS_ACCESS_KEY_ID", "AKIA0123456789HOUSE0"}, {"AWS_SECRET_ACCESS_KEY", std::string(marker)}};
  }
};

std::string variable_in(const std::string& file, const std::string& name) {
  std::ifstream in(file, std::ios::binary);
  for (std::string entry; std::getline(in, entry, '\0');)
    if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(security_questions, *boost::unit_test::precondition(as_root()))

BOOST_AUTO_TEST_CASE(a_process_of_the_same_user_reads_nothing_of_the_daemon_and_is_answered_all_the_same) {
  const nobodys_daemon own;
  const child_process control(as(nobody, {"sleep", "60"}), {});
  const auto readable = [](pid_t process) { return opens(of_process(process, "environ"), nobody); };
  BOOST_TEST(eventually([&] { return readable(control.pid()); }));
  for (const auto* file : {"mem", "environ", "maps", "pagemap", "fd"}) {
    BOOST_TEST(opens(of_process(control.pid(), file), nobody), file);
    BOOST_TEST(!opens(of_process(own.daemon.pid(), file), nobody), file);
  }
  const auto of_control = debugs(nobody, control.pid(), nullptr);
  BOOST_TEST(of_control.reads);
  if (!of_control.attaches) skip("attaching with ptrace", "this machine lets nobody attach (yama)");
  const auto of_daemon = debugs(nobody, own.daemon.pid(), nullptr);
  BOOST_TEST(!of_daemon.attaches);
  BOOST_TEST(!of_daemon.reads);

  const auto handed_out = run(as(nobody, {CREDCACHED_EXECUTABLE, "resolve", "--csp", "aws", "--socket", own.socket}));
  BOOST_TEST(contains(handed_out.out, marker));
}

BOOST_AUTO_TEST_CASE(the_environment_of_a_command_is_open_to_its_user_and_to_no_other) {
  const nobodys_daemon own;
  const child_process command(
      as(nobody, {CREDCACHED_EXECUTABLE, "exec", "--csp", "aws", "--socket", own.socket, "--", "sleep", "60"}), {});
  const auto file = of_process(command.pid(), "environ");
  BOOST_TEST(eventually([&] { return variable_in(file, "AWS_SECRET_ACCESS_KEY") == marker; }));
  BOOST_TEST(opens(file, nobody));
  for (const auto who : {daemon_user, bin_user}) BOOST_TEST(!opens(file, who));
  BOOST_TEST(!contains(read_text(of_process(command.pid(), "cmdline")), marker));
}

BOOST_AUTO_TEST_CASE(whoever_may_resolve_a_cloud_gets_what_the_environment_has_of_it) {
  const passable_folder folder;
  write_text(folder / "config.yaml", "listen: [{address: \"unix:" + (folder / "s") +
                                         "\", mode: \"0666\"}]\naccess:\n"
                                         "  - {peer: {uid: 0}, actions: [admin]}\n"
                                         "  - {peer: {uid: 1}}\n"
                                         "  - {peer: {uid: 2}, csps: [azure]}\n"
                                         "  - {peer: {uid: 5}, actions: [add, list]}\n");
  const daemon_process daemon({.flags = {"--config", folder / "config.yaml"},
                               .env = nobodys_daemon::house(),
                               .socket = folder / "s",
                               .listen_flag = false});
  const auto asked_by = [&](identity who) { return connect_as(who, folder / "s").get("/v1/resolve?csp=aws"); };
  const auto answer = asked_by(daemon_user);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(contains(answer.body, marker));
  for (const auto who : {bin_user, games_user, nobody}) check_problem(asked_by(who), 403, "Access Denied");

  auto http = connect_as(daemon_user, folder / "s");
  BOOST_TEST(http.post(users, text(aws("AKIA0123456789ABCDEF", "of the user"))).status == 204);
  BOOST_TEST(!contains(http.get("/v1/resolve?csp=aws").body, marker));
}

// Who has connected is told at connect, what that user may do at each request.
BOOST_AUTO_TEST_CASE(a_connection_stays_whoever_opened_it) {
  const open_daemon own("access: [{peer: {uid: 1}}, {peer: {uid: 0}, owners: [\"*\"]}]\n");
  auto http = connect_as(daemon_user, own.socket);  // and root has it from here on
  check_problem(http.get("/v1/credentials", as_user("alice")), 403, "Access Denied");
  own.reload("access: [{peer: {uid: 1}, owners: [self, alice]}, {peer: {uid: 0}, owners: [\"*\"]}]\n", "Reloaded");
  BOOST_TEST(eventually([&] { return http.get("/v1/credentials", as_user("alice")).status == 200; }));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_taken_back_ends_open_connections) {
  const passable_folder folder;
  const auto configure = [&](std::string_view tokens) {
    write_text(folder / "config.yaml",
               "tokens: [" + std::string(tokens) + "]\naccess: [{peer: {}}, {peer: {token: kept}}]\n");
  };
  const std::string kept = "{name: kept, file: " + (folder / "kept") + ", user: alice}";
  configure(kept + ", {name: gone, file: " + (folder / "gone") + ", user: alice}");
  // `gone` has no rule of its own, so a request with it is known and refused: 403, and 401 once it is taken back.
  running_daemon own({}, {"--config", folder / "config.yaml", "--listen", "tcp:127.0.0.1:0"});
  const auto port = tcp_port_of(own.daemon);
  const auto first = token_in(folder / "kept");
  auto with_kept = http_client::tcp(port), with_gone = http_client::tcp(port);
  BOOST_TEST(with_kept.get("/v1/credentials", with_token(first)).status == 200);
  BOOST_TEST(with_gone.get("/v1/credentials", with_token(token_in(folder / "gone"))).status == 403);

  configure(kept);
  write_text(folder / "kept", "another-token-of-some-length", 0600);
  own.daemon.signal(SIGHUP);
  BOOST_TEST_REQUIRE(own.daemon.logs("Reloaded"));
  check_problem(with_gone.get("/v1/credentials", with_token(token_in(folder / "gone"))), 401, "Unauthorized");
  check_problem(with_kept.get("/v1/credentials", with_token(first)), 401, "Unauthorized");
  const auto second = with_token("another-token-of-some-length");
  auto open = http_client::tcp(port);
  BOOST_TEST(open.get("/v1/credentials", second).status == 200);

  std::filesystem::remove(folder / "kept");  // the reload makes another one
  own.daemon.signal(SIGHUP);
  BOOST_TEST_REQUIRE(own.daemon.logs("Made a token \"kept\""));
  BOOST_TEST(eventually([&] { return http_client::tcp(port).get("/v1/credentials", second).status == 401; }));
  check_problem(open.get("/v1/credentials", second), 401, "Unauthorized");
}

BOOST_AUTO_TEST_CASE(the_audit_tells_users_apart_and_whom_they_act_for) {
  const open_daemon own("access: [{peer: {}}]\n");
  own.reload("audit: {to: " + (own.folder / "audit") + "}\naccess: [{peer: {}, owners: [\"*\"]}]\n", "Reloaded");
  for (const auto who : {daemon_user, bin_user})
    BOOST_TEST(connect_as(who, own.socket).get("/v1/resolve?csp=aws", as_user("alice")).status == 404);
  const std::string lines = read_text(own.folder / "audit");
  for (const auto* part : {R"("uid":1,"gid":1,"pid":)", R"("uid":2,"gid":2,"pid":)"}) BOOST_TEST(contains(lines, part));
  const auto pid = R"("pid":)" + std::to_string(::getpid()) + R"(,"user":"alice")";
  BOOST_TEST(lines.find(pid) != lines.rfind(pid));
}

BOOST_AUTO_TEST_CASE(a_key_file_keeps_fingerprints_over_a_restart_and_no_credential) {
  const temporary_folder folder;
  write_text(folder / "key", std::string(32, 'k'), 0600);
  const auto fingerprint = [](const arguments& flags) {
    running_daemon own({}, flags);
    BOOST_TEST(own.http.get("/v1/credentials").body == "[]");
    BOOST_TEST(own.http.post(users, text(aws())).status == 204);
    return text_at(own.http.get("/v1/credentials").json().at(0), "fingerprint");
  };
  const arguments with_file{"--key-file", folder / "key"};
  BOOST_TEST(fingerprint(with_file) == fingerprint(with_file));
  BOOST_TEST(fingerprint({}) != fingerprint({}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace security_questions_test
