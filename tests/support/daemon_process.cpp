#include "daemon_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "base/unique_fd.hpp"
#include "http_client.hpp"

namespace credcached::testing {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

credcache::unique_fd open_file(const char* path, int flags) {
  credcache::unique_fd opened(::open(path, flags | O_CLOEXEC, 0600));
  if (!opened) fail(path);
  return opened;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

bool eventually(const std::function<bool()>& done, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);  // between two polls, never instead of one
  }
  return true;
}

void become(const arguments& command, const environment& env) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<std::string> block;
  for (const char* name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "GCOV_PREFIX"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && !env.contains(name)) block.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : env) block.push_back(name + "=" + value);
  auto words = command;
  const auto argv = pointers(words);
  const auto envp = pointers(block);
  ::execvpe(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

child_process::child_process(const arguments& command, const environment& env, std::array<int, 3> files) {
  const auto null = open_file("/dev/null", O_RDWR);
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ != 0) return;
  for (std::size_t target = 0; target < files.size(); ++target)
    ::dup2(files[target] < 0 ? null.get() : files[target], static_cast<int>(target));
  become(command, env);
}

child_process::~child_process() {
  if (code_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void child_process::signal(int number) const {
  if (!code_) ::kill(pid_, number);
}

std::optional<int> child_process::wait(std::chrono::milliseconds deadline) {
  eventually(
      [this] {
        int status = 0;
        if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
          code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return code_.has_value();
      },
      deadline);
  return code_;
}

std::ostream& operator<<(std::ostream& stream, const outcome& result) {
  return stream << "exit code " << result.code << "\nout: " << result.out << "\nerr: " << result.err;
}

outcome run(const arguments& command, std::string_view input, const environment& env) {
  // Files instead of pipes: no child can block on a full one, and nobody has to read two at once.
  const temporary_folder folder;
  write_text(folder / "in", input);
  const auto in = open_file((folder / "in").c_str(), O_RDONLY);
  const auto out = open_file((folder / "out").c_str(), O_WRONLY | O_CREAT);
  const auto err = open_file((folder / "err").c_str(), O_WRONLY | O_CREAT);
  child_process child(command, env, {in.get(), out.get(), err.get()});
  const auto code = child.wait();
  outcome result{code.value_or(-1), read_text(folder / "out"), read_text(folder / "err")};
  if (!code) throw std::runtime_error(command[0] + " " + command.at(1) + " did not end: " + result.err);
  return result;
}

outcome run_cli(arguments words, std::string_view input, const environment& env) {
  words.insert(words.begin(), CREDCACHED_EXECUTABLE);
  return run(words, input, env);
}

bool one_line(std::string_view text) {
  return text.size() > 1 && text.find('\n') == text.size() - 1;
}

daemon_process::daemon_process(const daemon_options& options)
    : socket_(options.socket.empty() ? folder_ / "s" : options.socket) {
  arguments command{options.executable, "serve"};
  if (options.listen_flag) command.insert(command.end(), {"--listen", "unix:" + socket_});
  command.insert(command.end(), options.flags.begin(), options.flags.end());
  const auto log = open_file((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND);
  child_.emplace(command, options.env, std::array{-1, log.get(), log.get()});
  const bool up = eventually([this] {
    if (wait(0ms)) return true;
    const auto client = http_client::try_unix(socket());
    return client && client->get("/readyz").status == 200;
  });
  if (!up || wait(0ms)) throw std::runtime_error("the daemon did not become ready; its log:\n" + this->log());
}

daemon_process::~daemon_process() {
  stop();
}

bool daemon_process::logs(std::string_view text) const {
  return eventually([&] { return log().find(text) != std::string::npos; });
}

std::optional<int> daemon_process::stop() {
  signal(SIGTERM);
  return wait();
}

outcome daemon_process::cli(arguments words, std::string_view input, const environment& env) const {
  words.insert(words.begin() + 1, {"--socket", socket()});
  return run_cli(words, input, env);
}

}  // namespace credcached::testing
