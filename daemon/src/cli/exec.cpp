// exec: becomes the command, with the credential in its environment.
//
// execve in place of a child process: signals, job control and the exit code are the command's own, and the kernel
// takes this process's memory away together with the values in it. Values never become arguments.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include "base/system_text.hpp"
#include "base/text.hpp"
#include "cli/failure.hpp"
#include "cli/inherited.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "client/document.hpp"
#include "credcache/environment_block.hpp"

namespace credcached::cli {

namespace {

/// What a shell answers, too.
constexpr int not_executable = 126, not_found = 127;

/// Where execvpe has found the command; empty if nowhere.
std::string find_file(const std::string& command) {
  const auto is_there = [](const std::string& file) { return ::access(file.c_str(), X_OK) == 0; };
  if (command.find('/') != std::string::npos) return is_there(command) ? command : "";
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (std::string file = (folder.empty() ? "." : folder) + "/" + command; is_there(file)) return file;
  return "";
}

/// " /what/the/script/names"; empty for a program, whose interpreter is the loader of shared libraries.
std::string interpreter_of(const std::string& file) {
  std::string line;
  std::getline(std::ifstream(file, std::ios::binary), line);
  if (!line.starts_with("#!")) return "";
  const auto begin = line.find_first_not_of(" \t", 2);
  if (begin == std::string::npos) return "";
  return " " + line.substr(begin, line.find_first_of(" \t", begin) - begin);
}

std::string_view text_in(const boost::json::string& text) {
  return {text.data(), text.size()};
}

[[noreturn]] void refuse_variable(std::string_view name) {
  throw client::malformed_answer("the daemon's answer has a variable " + credcache::shown(name) +
                                 " that cannot be in an environment; add it again without zero bytes");
}

std::set<std::string_view> names_in(const boost::json::value& answer, std::string_view member) {
  std::set<std::string_view> names;
  for (const auto& item : client::list_of(answer, member))
    if (const auto* name = item.if_string()) names.insert(text_in(*name));
  return names;
}

void tell(const std::set<std::string_view>& removed) {
  if (removed.empty()) return;
  print_error("the command does not inherit " + credcache::enumerate(removed) +
              ", which may stand for another credential");
  print_hint("--keep NAME lets it inherit one, --quiet says nothing");
}

/// The exit code for a command that was not started because there is no credential for it.
int refusal_code(int own, const exec_options& options) {
  return credcache::whole_number<int>(options.refused_code).value_or(own);
}

/// That there was a choice.
void tell_choice(const boost::json::value& answer) {
  const auto& others = client::list_of(answer, "others");
  if (others.empty()) return;
  const auto profile = client::text_of(answer, "profile");
  print_error(fmt::format("the command gets the credential {}; there {} also {}",
                          profile.empty() ? "without a profile" : fmt::format("of profile {}", profile),
                          others.size() == 1 ? "is" : "are", client::joined(others)));
  print_hint("--profile NAME chooses, --quiet says nothing");
}

/// The variables of the answer, when they expire, and what may be inherited beside them.
credcache::environment_block environment_of(client::response answer, const exec_options& options) {
  const client::document document(answer.body.reveal());
  credcache::environment_block block;
  for (const auto& variable : client::object_of(document.root(), "variables")) {
    const std::string_view name(variable.key().data(), variable.key().size());
    const auto* value = variable.value().if_string();
    if (value == nullptr || !block.set(name, text_in(*value))) refuse_variable(name);
  }
  if (const auto expiry = client::text_of(document.root(), "expiresAt"); !expiry.empty())
    for (const auto name : names_in(document.root(), "expiresAs"))
      if (!block.set(name, expiry)) refuse_variable(name);
  const auto [entries, removed] = inherited(environ, names_in(document.root(), "unset"), options);
  block.inherit(entries.data());
  if (!options.quiet) {
    tell_choice(document.root());
    tell(removed);
  }
  return block;
}  // the answer and its parsed form are wiped here

}  // namespace

int run(const exec_options& o) try {
  if (std::string_view(o.command.front()).empty())
    throw usage_error("found empty text in place of the command, expected a program's name or path behind --");
  client::target target("/v1/resolve");
  with(target, o.selection).with("minTtl", in_seconds(o.min_ttl)).with("format", "json");
  const session daemon(o.connection);
  auto answer = daemon.get(target);
  if (!answer.ok()) return refusal_code(daemon.report(answer, o.selection), o);
  const auto variables = environment_of(std::move(answer), o);
  credcache::wipe_stack(credcache::stack_needed);  // the JSON parser has been deeper than the library is by itself

  ::execvpe(o.command.front(), o.command.data(), variables.data());
  const int error = errno;
  const auto file = error == ENOENT ? find_file(o.command.front()) : std::string();
  if (!file.empty()) {
    print_error(fmt::format("cannot run {}: it is there, but its interpreter{} is not", file, interpreter_of(file)));
    return not_executable;
  }
  print_error(fmt::format("cannot run {}: {}", o.command.front(), credcache::errno_text(error)));
  return error == ENOENT ? not_found : not_executable;
} catch (...) {
  return refusal_code(report_failure(), o);
}

}  // namespace credcached::cli
