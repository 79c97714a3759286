// A command on a terminal of its own: for prompts, and for proof that secrets do not echo.
//
// Ownership: owns the child and the terminal. Failure: std::runtime_error with the transcript when a wait runs out.
#pragma once

#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "daemon_process.hpp"

namespace credcached::testing {

class pseudo_terminal {
 public:
  pseudo_terminal(const arguments& command, const environment& env) {
    const pid_t pid = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid < 0) throw std::runtime_error("forkpty failed");
    if (pid == 0) become(command, env);
    child_.emplace(pid);
  }
  pseudo_terminal(const pseudo_terminal&) = delete;
  pseudo_terminal& operator=(const pseudo_terminal&) = delete;
  ~pseudo_terminal() {
    child_.reset();
    ::close(terminal_);
  }

  /// Reads until `text` appears after what the last call found.
  void expect(std::string_view text) {
    const bool found = eventually([&] {
      read_available();
      return transcript_.find(text, seen_) != std::string::npos;
    });
    if (!found) throw std::runtime_error("the terminal never showed '" + std::string(text) + "':\n" + transcript_);
    seen_ = transcript_.find(text, seen_) + text.size();
  }
  /// Waits until the terminal echoes what is typed, or until it does not.
  [[nodiscard]] bool echo_is(bool on) const {
    return eventually([&] {
      termios state{};
      return ::tcgetattr(terminal_, &state) == 0 && ((state.c_lflag & ECHO) != 0) == on;
    });
  }
  void type(std::string_view line) {
    const std::string text = std::string(line) + "\n";
    if (::write(terminal_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      throw std::runtime_error("cannot type");
  }
  /// The exit code, once the child has ended; the transcript is complete then.
  std::optional<int> wait() {
    std::optional<int> code;
    eventually([&] {
      read_available();
      code = child_->wait(std::chrono::milliseconds(0));
      return code.has_value();
    });
    read_available();
    return code;
  }
  [[nodiscard]] const std::string& transcript() const { return transcript_; }

 private:
  void read_available() {
    pollfd waiting{terminal_, POLLIN, 0};
    char block[4096];
    while (::poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLIN) != 0) {
      const auto count = ::read(terminal_, block, sizeof block);
      if (count <= 0) return;
      transcript_.append(block, static_cast<std::size_t>(count));
    }
  }

  int terminal_ = -1;
  std::optional<child_process> child_;
  std::string transcript_;
  std::size_t seen_ = 0;
};

}  // namespace credcached::testing
