#include "outgoing/courier_process.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "base/system_text.hpp"

namespace credcached::outgoing {

namespace {

struct file_actions {
  posix_spawn_file_actions_t value{};
  file_actions() { ::posix_spawn_file_actions_init(&value); }
  ~file_actions() { ::posix_spawn_file_actions_destroy(&value); }
  file_actions(const file_actions&) = delete;
  file_actions& operator=(const file_actions&) = delete;
};

struct attributes {
  posix_spawnattr_t value{};
  attributes() {
    ::posix_spawnattr_init(&value);
    sigset_t all{}, none{};
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&value, &all);
    ::posix_spawnattr_setsigmask(&value, &none);
    ::posix_spawnattr_setflags(&value, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~attributes() { ::posix_spawnattr_destroy(&value); }
  attributes(const attributes&) = delete;
  attributes& operator=(const attributes&) = delete;
};

// Exit code and all that is known of an exec that failed is its error number.
pid_t spawn(const std::string& program, int socket) {
  file_actions actions;
  const attributes how;
  ::posix_spawn_file_actions_adddup2(&actions.value, socket, STDIN_FILENO);
  ::posix_spawn_file_actions_addopen(&actions.value, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions.value, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions.value, STDERR_FILENO + 1);
  char* const arguments[] = {const_cast<char*>(program.c_str()), nullptr};
  char* const environment[] = {nullptr};
  pid_t pid = -1;
  if (const int error = ::posix_spawn(&pid, program.c_str(), &actions.value, &how.value, arguments, environment);
      error != 0)
    throw std::runtime_error(
        fmt::format("found no courier that can be started at {} ({}), expected the program "
                    "credcached-courier: install it, or name it or its socket in outgoing.courier",
                    program, credcache::errno_text(error)));
  return pid;
}

}  // namespace

std::shared_ptr<courier_process> courier_process::start(const boost::asio::any_io_executor& executor,
                                                        const std::string& program, int socket) {
  auto process = std::make_shared<courier_process>(executor);
  process->pid_ = spawn(program, socket);
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, process->pid_, 0));
  if (fd < 0)
    throw std::runtime_error(
        "found no pidfd (" + credcache::errno_text() +
        "), expected Linux 5.3 or newer: use credcached-courier.socket and outgoing.courier: unix:PATH");
  process->ended_.assign(fd);
  return process;
}

void courier_process::end(std::shared_ptr<courier_process> process) noexcept {
  process->kill();
  auto& ended = process->ended_;
  try {
    ended.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [process](const boost::system::error_code& error) {
                       if (!error) process->reap();
                     });
  } catch (const std::exception&) {
    // No memory to wait on the loop: the destructor waits.
  }
}

void courier_process::reap() noexcept {
  pid_t result = 0;
  do {
    result = ::waitpid(pid_, nullptr, 0);
  } while (result < 0 && errno == EINTR);
  pid_ = -1;
}

// By the pidfd, which is never somebody else's. Without one it is not reaped yet, and the number is still its own.
void courier_process::kill() noexcept {
  if (ended_.is_open()) {
    ::syscall(SYS_pidfd_send_signal, ended_.native_handle(), SIGKILL, nullptr, 0);
  } else {
    ::kill(pid_, SIGKILL);
  }
}

courier_process::~courier_process() {
  if (pid_ < 0) return;
  kill();
  reap();
}

}  // namespace credcached::outgoing
