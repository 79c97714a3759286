// Asking a person at the terminal, secrets without echo.
//
// A signal that ends or stops the process while it asks (Ctrl-C, Ctrl-Z, hang-up) first restores the terminal's echo.
//
// Thread safety: none.
// Ownership:     closes the descriptor that it opened.
// Failure:       std::runtime_error; usage_error for an answer too long, or none.
#pragma once

#include <credcache/secret.hpp>
#include <memory>
#include <string_view>
#include <utility>

#include "base/unique_fd.hpp"

namespace credcached::cli {

class terminal {
 public:
  /// The terminal of this process, or null if standard input is none: then nobody is there to ask.
  [[nodiscard]] static std::unique_ptr<terminal> open();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  void say(std::string_view text) const;
  /// One line without its end. The end of the input (^D) is a usage_error.
  [[nodiscard]] credcache::secret_buffer ask(std::string_view question, bool echo) const;

 private:
  explicit terminal(credcache::unique_fd file) : file_(std::move(file)) {}
  credcache::unique_fd file_;
};

}  // namespace credcached::cli
