// Times whole processes, with nothing but posix_spawn inside the measured time:
//   process_timer run -- PROGRAM ARGUMENTS…            from exec to exit, which must be 0
//   process_timer until-first ADDRESS … -- PROGRAM …   from exec to the first right answer; the program is then stopped
// Prints nanoseconds. Output of the program goes to /dev/null, errors to standard error.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "answer.hpp"
#include "client_socket.hpp"

namespace {

using steady = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{20};

pid_t start(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::system_error(error, std::generic_category(), command[0]);
  return child;
}

/// The core that the next process starts on; a spawned process inherits it.
void move_to(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(core), &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0)
    throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
}

std::chrono::nanoseconds time_run(const std::vector<std::string>& command) {
  const auto begin = steady::now();
  const pid_t child = start(command);
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto took = steady::now() - begin;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error(command[0] + " failed, wait status " + std::to_string(status));
  return took;
}

/// Asks until there is a right answer. A connection that is refused is tried again at once.
void ask_until_answered(const std::string& address, const std::string& request, const bench::expectation& expected) {
  const auto give_up = steady::now() + patience;
  while (steady::now() < give_up) {
    const auto socket = bench::client_socket::try_connect(address);
    if (!socket.connected()) continue;
    std::string received;
    for (socket.send(request); !bench::is_complete(expected, received);) socket.receive(received);
    return;
  }
  throw std::runtime_error("nobody answered on " + address);
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Times whole processes"};
  std::string address, request_file, protocol = "http";
  bench::expectation expected;
  std::vector<std::string> command;
  int core = 0;
  auto* run = app.add_subcommand("run", "from exec to exit");
  auto* until = app.add_subcommand("until-first", "from exec to the first right answer");
  until->add_option("address", address)->required();
  until->add_option("--request", request_file)->required();
  until->add_option("--protocol", protocol);
  until->add_option("--status", expected.status);
  until->add_option("--core", core, "where the program runs; this one takes the other")->required();
  for (auto* verb : {run, until}) verb->add_option("command", command, "after --")->required();
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);

  if (run->parsed()) {
    std::printf("%lld\n", static_cast<long long>(time_run(command).count()));
    return 0;
  }
  expected.protocol = bench::protocol_named(protocol);
  std::ifstream file(request_file, std::ios::binary);
  const std::string request{std::istreambuf_iterator<char>(file), {}};
  move_to(core);
  const auto begin = steady::now();
  const pid_t child = start(command);
  move_to(1 - core);
  std::exception_ptr problem;
  std::chrono::nanoseconds took{};
  try {
    ask_until_answered(address, request, expected);
    took = steady::now() - begin;
  } catch (...) {
    problem = std::current_exception();
  }
  ::kill(child, SIGTERM);
  ::waitpid(child, nullptr, 0);
  if (problem) std::rethrow_exception(problem);
  std::printf("%lld\n", static_cast<long long>(took.count()));
  return 0;
} catch (const std::exception& problem) {
  std::cerr << "process_timer: " << problem.what() << '\n';
  return 1;
}
