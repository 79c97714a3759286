// exec: becomes the command, with the credential in its environment.
//
// execve in place of a child process: signals, job control and the exit code are the command's own, and the kernel
// takes this process's memory away together with the values in it. Values never become arguments.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/system_text.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "client/document.hpp"

namespace credcached::cli {

namespace {

/// What a shell answers, too.
constexpr int not_executable = 126, not_found = 127;

/// The new environment: the present one without the names that the credential sets, then those.
class environment {
 public:
  explicit environment(const boost::json::object& variables) {
    for (const auto& variable : variables) set(variable);
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      const auto name = text.substr(0, text.find('='));
      if (!variables.contains(boost::json::string_view(name.data(), name.size()))) pointers_.push_back(*entry);
    }
    for (auto& entry : entries_) pointers_.push_back(entry.data());
    pointers_.push_back(nullptr);
  }

  [[nodiscard]] char* const* data() const noexcept { return pointers_.data(); }

 private:
  void set(const boost::json::key_value_pair& variable) {
    const auto* value = variable.value().if_string();
    const std::string_view name(variable.key().data(), variable.key().size());
    if (name.empty() || name.find('=') != name.npos || name.find('\0') != name.npos || value == nullptr)
      throw client::malformed_answer("the daemon's answer has a variable that cannot be in an environment");
    if (std::memchr(value->data(), 0, value->size()) != nullptr)
      throw client::malformed_answer("the value of " + std::string(name) +
                                     " holds a zero byte, which an environment cannot; add it again without");
    credcache::secret_buffer entry(name.size() + value->size() + 2);
    entry.append(name);
    entry.push_back('=');
    entry.append({value->data(), value->size()});
    entry.push_back('\0');
    entries_.push_back(std::move(entry));
  }

  std::vector<credcache::secret_buffer> entries_;
  std::vector<char*> pointers_;
};

environment environment_of(client::response answer) {
  const client::document document(answer.body.reveal());
  return environment(client::object_of(document.root(), "variables"));
}  // the answer and its parsed form are wiped here

}  // namespace

int run(const exec_options& o) {
  client::target target("/v1/resolve");
  with(target, o.selection).with("minTtl", in_seconds(o.min_ttl)).with("format", "json");
  const session daemon(o.connection);
  auto answer = daemon.get(target);
  if (!answer.ok()) return report(answer, o.selection.csp);
  const auto variables = environment_of(std::move(answer));
  credcache::wipe_stack();

  ::execvpe(o.command.front(), o.command.data(), variables.data());
  const int error = errno;
  print_error(fmt::format("cannot run {}: {}", o.command.front(), credcache::errno_text(error)));
  return error == ENOENT ? not_found : not_executable;
}

}  // namespace credcached::cli
