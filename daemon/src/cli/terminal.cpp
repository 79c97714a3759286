#include "cli/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include "base/system_text.hpp"
#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace credcached::cli {

namespace {

/// Turns the echo off for its lifetime.
class silence {
 public:
  explicit silence(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal_, &before_) != 0) throw std::runtime_error("cannot turn off the terminal's echo");
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    if (::tcsetattr(terminal_, TCSAFLUSH, &silent) != 0)
      throw std::runtime_error("cannot turn off the terminal's echo");
  }
  silence(const silence&) = delete;
  silence& operator=(const silence&) = delete;
  ~silence() { ::tcsetattr(terminal_, TCSAFLUSH, &before_); }

 private:
  int terminal_;
  termios before_{};
};

/// Holds back the signals that end or stop a process for its lifetime and makes them readable instead, so that there is
/// no moment at which one of them leaves the terminal without echo.
class held_signals {
 public:
  held_signals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&held, signal);
    ::sigprocmask(SIG_BLOCK, &held, &before_);
    file_ = credcache::unique_fd(::signalfd(-1, &held, SFD_CLOEXEC));
    if (!file_) {
      ::sigprocmask(SIG_SETMASK, &before_, nullptr);
      throw std::runtime_error("cannot watch signals: " + credcache::errno_text());
    }
  }
  held_signals(const held_signals&) = delete;
  held_signals& operator=(const held_signals&) = delete;
  ~held_signals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

  /// Waits until `terminal` has a line. Returns the signal that came first, 0 for none.
  [[nodiscard]] int wait_for(int terminal) const {
    std::array<pollfd, 2> files{{{file_.get(), POLLIN, 0}, {terminal, POLLIN, 0}}};
    while (::poll(files.data(), files.size(), -1) < 0)
      if (errno != EINTR) throw std::runtime_error("cannot wait for an answer: " + credcache::errno_text());
    signalfd_siginfo info{};
    if ((files[0].revents & POLLIN) == 0 || ::read(file_.get(), &info, sizeof info) != sizeof info) return 0;
    return static_cast<int>(info.ssi_signo);
  }

 private:
  sigset_t before_{};
  credcache::unique_fd file_;
};

/// Asks once and reads a line into `answer`; returns the signal that interrupted it, 0 for none.
int ask_once(const terminal& person, int file, std::string_view question, bool echo, credcache::secret_buffer& answer) {
  // The kernel's line editor drops what goes beyond this.
  constexpr std::size_t longest = 4095;
  const held_signals held;
  const auto quiet = echo ? nullptr : std::make_unique<silence>(file);
  person.say(question);  // not before the echo is off: turning it off throws away what was typed too early
  if (const int signal = held.wait_for(file)) return signal;
  answer.resize(longest + 1);
  const auto count = ::read(file, answer.data(), answer.size());
  if (count == 0) {
    person.say("\n");
    throw usage_error("found the end of the input (^D) in place of an answer; nothing was added");
  }
  answer.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (answer.size() >= longest && !answer.reveal().ends_with('\n'))
    throw usage_error("found an answer of more than 4094 bytes, which a terminal cuts off; give it as NAME=@file");
  if (answer.reveal().ends_with('\n')) answer.resize(answer.size() - 1);
  return 0;
}

}  // namespace

std::unique_ptr<terminal> terminal::open() {
  if (::isatty(STDIN_FILENO) != 1) return nullptr;
  credcache::unique_fd file{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
  if (!file) file = credcache::unique_fd{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
  if (!file) return nullptr;
  return std::unique_ptr<terminal>(new terminal(std::move(file)));
}

void terminal::say(std::string_view text) const {
  std::string shown;
  for (std::size_t line = 0; line <= text.size();) {
    const auto end = std::min(text.find('\n', line), text.size());
    shown += credcache::printable(text.substr(line, end - line));
    if (end < text.size()) shown += '\n';
    line = end + 1;
  }
  static_cast<void>(::write(file_.get(), shown.data(), shown.size()) < 0);
}

credcache::secret_buffer terminal::ask(std::string_view question, bool echo) const {
  credcache::secret_buffer answer;
  for (;;) {
    const int signal = ask_once(*this, file_.get(), question, echo, answer);
    if (signal == 0) return answer;
    // The echo is back by now. This is the end for all of them but Ctrl-Z, after which the question is asked again.
    say("\n");
    ::raise(signal);
  }
}

}  // namespace credcached::cli
