// Starts the real executable as a child process: the daemon, or a verb of the command line.
//
// Ownership:     every object owns its processes and files; destructors kill by process id and remove the folder.
//                A child dies with the test program.
// Thread safety: none; one test, one thread.
// Failure:       std::runtime_error that quotes the log. Every wait has a deadline; nothing sleeps blindly.
// Environment:   a child gets only what the test gives it, besides PATH and the sanitizers' own variables.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files.hpp"

namespace credcached::testing {

using namespace std::chrono_literals;
using arguments = std::vector<std::string>;
using environment = std::map<std::string, std::string>;
/// Waits are generous, because sanitizers are slow; a passing test never uses them up.
constexpr std::chrono::seconds patience{20};

/// Asks again and again until `done` says true; false if it has not by the deadline.
bool eventually(const std::function<bool()>& done, std::chrono::milliseconds deadline = patience);

/// Becomes `command` in a child after fork(); the search goes over PATH. Never returns.
[[noreturn]] void become(const arguments& command, const environment& env);

/// One child process. `files` become its descriptors 0, 1 and 2; -1 stands for /dev/null.
class child_process {
 public:
  child_process(const arguments& command, const environment& env, std::array<int, 3> files = {-1, -1, -1});
  explicit child_process(pid_t started) : pid_(started) {}
  child_process(const child_process&) = delete;
  ~child_process();
  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// The exit code, or 128 + the signal it died of; nothing if it still runs at the deadline.
  std::optional<int> wait(std::chrono::milliseconds deadline = patience);

 private:
  pid_t pid_;
  std::optional<int> code_;
};

/// What a finished command left behind.
struct outcome {
  int code = -1;
  std::string out, err;
};
std::ostream& operator<<(std::ostream& stream, const outcome& result);
outcome run(const arguments& command, std::string_view input = {}, const environment& env = {});
/// run() with the executable under test in front.
outcome run_cli(arguments words, std::string_view input = {}, const environment& env = {});
bool one_line(std::string_view text);  ///< and not an empty one

struct daemon_options {
  arguments flags{};  ///< after `serve`
  environment env{};
  std::string socket{};  ///< empty: one in the daemon's own folder
  std::string executable{CREDCACHED_EXECUTABLE};
  bool listen_flag = true;  ///< false: no --listen; the configuration in `flags` says that it serves `socket`
};

/// `credcached serve` with a socket of its own, ready when the constructor returns.
class daemon_process {
 public:
  explicit daemon_process(const daemon_options& options = {});
  ~daemon_process();  ///< SIGTERM first, so that sanitizers and coverage can report
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  [[nodiscard]] const std::string& socket() const { return socket_; }
  [[nodiscard]] const temporary_folder& folder() const { return folder_; }
  /// All of its standard error so far.
  [[nodiscard]] std::string log() const { return read_text(folder_ / "log"); }
  [[nodiscard]] bool logs(std::string_view text) const;  ///< waits until the log has `text`
  void signal(int number) const { child_->signal(number); }
  std::optional<int> wait(std::chrono::milliseconds deadline = patience) { return child_->wait(deadline); }
  std::optional<int> stop();
  /// run_cli() with --socket after the verb.
  [[nodiscard]] outcome cli(arguments words, std::string_view input = {}, const environment& env = {}) const;

 private:
  temporary_folder folder_;
  std::string socket_;
  std::optional<child_process> child_;
};

}  // namespace credcached::testing
