// S4 and S5, seen from outside: what the process has given up, which key files it refuses, what its memory keeps.
#include <fcntl.h>
#include <sys/resource.h>

#include <fstream>
#include <sstream>

#include "peers.hpp"

namespace process_hardening_test {

using namespace credcached::testing;

namespace {

/// The words behind "Name:" in /proc/PID/status.
std::string status_of(pid_t process, std::string_view name) {
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(std::string(name) + ":\t")) return line.substr(name.size() + 2);
  return {};
}

std::string limit_of(pid_t process, std::string_view name) {
  std::ifstream file("/proc/" + std::to_string(process) + "/limits");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name)) return line;
  return {};
}

/// Whether somebody may read the memory of a process.
bool memory_opens(identity who, pid_t process) {
  const acting_as role(who);
  const int memory = ::open(("/proc/" + std::to_string(process) + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  if (memory >= 0) ::close(memory);
  return memory >= 0;
}

arguments as_nobody(const arguments& command) {
  arguments all{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

bool leaves_a_core(const std::string& folder) {
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().filename().string().starts_with("core")) return true;
  return false;
}

/// A shell that allows core files and then becomes `command`, in `folder`.
arguments with_cores(const std::string& folder, const arguments& command) {
  arguments all{"/bin/sh", "-c", "ulimit -c unlimited && cd \"$0\" && exec \"$@\"", folder};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process_hardening)

BOOST_AUTO_TEST_CASE(rights_cores_and_swap_are_given_up) {
  running_daemon own;
  BOOST_TEST(status_of(own.daemon.pid(), "NoNewPrivs") == "1");
  const auto cores = limit_of(own.daemon.pid(), "Max core file size");
  std::istringstream words(cores.substr(std::string_view("Max core file size").size()));
  std::string soft, hard;
  words >> soft >> hard;
  BOOST_TEST_CONTEXT(cores) BOOST_TEST((soft == "0" && hard == "0"));

  const auto status = own.http.get("/v1/status").json();
  const bool locked = status.at("memoryLocked").as_bool();
  std::istringstream locked_memory(status_of(own.daemon.pid(), "VmLck"));
  std::size_t locked_kib = 0;
  locked_memory >> locked_kib;
  if (locked) BOOST_TEST(locked_kib > 1'000U);
  if (!locked) BOOST_TEST(own.daemon.logs("Memory is not locked"));
  const auto key = text_at(status, "keyMemory");
  BOOST_TEST((key == "memfd_secret" || key == "mlock" || key == "unlocked"));
}

BOOST_AUTO_TEST_CASE(another_process_of_the_same_user_cannot_read_the_memory,
                     *boost::unit_test::precondition(as_root())) {
  passable_folder folder;
  const auto socket = folder / "s";
  BOOST_TEST_REQUIRE(::chown(folder.path().c_str(), nobody.uid, nobody.gid) == 0);
  child_process control(as_nobody({"sleep", "60"}), {});
  child_process daemon(as_nobody({CREDCACHED_EXECUTABLE, "serve", "--listen", "unix:" + socket}), {});
  if (!eventually([&] { return http_client::try_unix(socket) != nullptr; }, 5s))
    return skip("another_process_of_the_same_user_cannot_read_the_memory", "other users cannot run the executable");
  BOOST_TEST(eventually([&] { return memory_opens(nobody, control.pid()); }));
  BOOST_TEST(!memory_opens(nobody, daemon.pid()));
  BOOST_TEST(status_of(daemon.pid(), "NoNewPrivs") == "1");
}

BOOST_AUTO_TEST_CASE(root_is_given_up_for_good, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  write_text(folder / "config.yaml", "runAs: nobody\n");
  const daemon_process daemon({.flags = {"--config", folder / "config.yaml"}});
  BOOST_TEST(status_of(daemon.pid(), "Uid") == "65534\t65534\t65534\t65534");
  BOOST_TEST(status_of(daemon.pid(), "Gid") == "65534\t65534\t65534\t65534");
  for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
    BOOST_TEST_CONTEXT(set) BOOST_TEST(status_of(daemon.pid(), set) == "0000000000000000");
  BOOST_TEST(!memory_opens(nobody, daemon.pid()));
}

BOOST_AUTO_TEST_CASE(a_crash_leaves_no_core) {
  const temporary_folder folder;
  write_text(folder / "control/dies.sh", "kill -QUIT $$\n");
  child_process control(with_cores(folder / "control", {"/bin/sh", "dies.sh"}), {});
  BOOST_TEST(control.wait().value_or(-1) == 128 + SIGQUIT);
  if (!leaves_a_core(folder / "control"))
    return skip("a_crash_leaves_no_core", "this machine writes no core files into the working directory");

  std::filesystem::create_directory(folder / "daemon");
  child_process daemon(
      with_cores(folder / "daemon", {CREDCACHED_EXECUTABLE, "serve", "--listen", "unix:" + (folder / "s")}), {});
  BOOST_TEST_REQUIRE(eventually([&] { return http_client::try_unix(folder / "s") != nullptr; }));
  daemon.signal(SIGQUIT);
  BOOST_TEST(daemon.wait().value_or(0) != 0);
  BOOST_TEST(!leaves_a_core(folder / "daemon"));
}

BOOST_AUTO_TEST_CASE(a_key_file_of_a_wrong_size_or_mode_is_refused) {
  const temporary_folder folder;
  struct row {
    std::size_t size;
    mode_t mode;
    std::string_view found, expected;
  };
  for (const auto& [size, mode, found, expected] :
       {row{0, 0600, "found 0 bytes", "exactly 16, 24 or 32"}, row{15, 0600, "found 15 bytes", "exactly 16, 24 or 32"},
        row{31, 0600, "found 31 bytes", "exactly 16, 24 or 32"}, row{33, 0600, "more than 32", "exactly 16, 24 or 32"},
        row{65, 0600, "more than 32", "exactly 16, 24 or 32"}, row{32, 0640, "found mode 0640", "chmod 0600"},
        row{32, 0604, "found mode 0604", "chmod 0600"}, row{32, 0622, "found mode 0622", "chmod 0600"}}) {
    write_text(folder / "key", std::string(size, 'k'), mode);
    const auto refused = run_cli({"serve", "--listen", "unix:" + (folder / "s"), "--key-file", folder / "key"});
    BOOST_TEST_CONTEXT(refused) {
      BOOST_TEST(refused.code == 2);
      BOOST_TEST(contains(refused.err, folder / "key"));
      BOOST_TEST(contains(refused.err, found));
      BOOST_TEST(contains(refused.err, expected));
      BOOST_TEST(!contains(refused.err, "kkkk"));
    }
  }
  for (const std::size_t size : {16U, 24U, 32U}) {
    write_text(folder / "key", std::string(size, 'k'), 0400);
    running_daemon own({}, {"--key-file", folder / "key"});
    BOOST_TEST(text_at(own.http.get("/v1/status").json(), "keySource") == "file");
  }
}

BOOST_AUTO_TEST_CASE(a_key_file_of_somebody_else_is_refused, *boost::unit_test::precondition(as_root())) {
  const temporary_folder folder;
  const auto key = folder / "key";
  write_text(key, std::string(32, 'k'), 0600);
  BOOST_TEST_REQUIRE(::chown(key.c_str(), 1, 1) == 0);
  const auto refused = run_cli({"serve", "--listen", "unix:" + (folder / "s"), "--key-file", key});
  BOOST_TEST_CONTEXT(refused) {
    BOOST_TEST(refused.code == 2);
    BOOST_TEST(contains(refused.err, "found owner uid 1, expected uid 0"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace process_hardening_test
