#include "cli/add_values.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/terminal.hpp"
#include "cli/verbs.hpp"

namespace credcached::cli {

namespace {

/// More than the daemon takes in any configuration; stops a wrong file name from filling the memory.
constexpr std::size_t longest_file = 16 << 20;

const asked_variable& find(const std::vector<asked_variable>& known, std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& v) { return v.name == name; });
  if (found != known.end()) return *found;
  std::string names;
  for (const auto& v : known) names += (names.empty() ? "" : ", ") + v.name;
  throw usage_error("found the unknown variable \"" + std::string(name) + "\", expected one of " + names);
}

credcache::secret_buffer value_from(const std::string& file) {
  auto value = read_file(file);
  if (value.reveal().ends_with('\n')) value.resize(value.size() - 1);
  if (value.reveal().ends_with('\r')) value.resize(value.size() - 1);
  return value;
}

}  // namespace

credcache::secret_buffer read_file(const std::string& file) {
  const bool standard_input = file == "-";
  const int from = standard_input ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const auto refuse = [&](const char* why) {
    throw usage_error("cannot read " + (standard_input ? "standard input" : file) + ": " + why);
  };
  if (from < 0) refuse(std::strerror(errno));
  credcache::secret_buffer content;
  ssize_t count = 0;
  do {
    const auto had = content.size();
    content.resize(had + 16 * 1024);
    count = ::read(from, content.data() + had, content.size() - had);
    content.resize(had + (count > 0 ? static_cast<std::size_t>(count) : 0));
  } while ((count > 0 && content.size() <= longest_file) || (count < 0 && errno == EINTR));
  const int error = errno;
  if (!standard_input) ::close(from);
  if (count < 0) refuse(std::strerror(error));
  if (content.size() > longest_file) refuse("it has more than 16 MiB");
  return content;
}

std::vector<given_value> read_values(const std::vector<std::string>& words, const std::vector<asked_variable>& known) {
  std::vector<given_value> values;
  bool input_taken = false;
  for (const std::string_view word : words) {
    const auto equals = word.find('=');
    // The word itself is not shown: it may be a secret that went astray.
    if (equals == std::string_view::npos || equals == 0)
      throw usage_error("found a word without NAME=, expected NAME=@file, NAME=- or NAME=value");
    const auto name = word.substr(0, equals);
    const auto text = word.substr(equals + 1);
    const auto& variable = find(known, name);
    for (const auto& earlier : values)
      if (earlier.name == name) throw usage_error("found " + earlier.name + " twice, expected it once");
    if (text == "-") {
      if (input_taken) throw usage_error("found standard input (-) twice, expected it for one variable");
      input_taken = true;
      values.push_back({variable.name, value_from("-")});
    } else if (text.starts_with('@')) {
      values.push_back({variable.name, value_from(std::string(text.substr(1)))});
    } else if (variable.sensitive) {
      throw usage_error(
          variable.name + " is a secret, and every process here can read the arguments of another: give it as " +
          variable.name + "=@file or " + variable.name + "=- (standard input), or give no values to be asked");
    } else {
      credcache::secret_buffer value;
      value.append(text);
      values.push_back({variable.name, std::move(value)});
    }
  }
  return values;
}

std::vector<given_value> ask_values(const terminal& person, const std::vector<asked_variable>& known) {
  std::vector<given_value> values;
  for (const auto& variable : known) {
    const std::string question = variable.name + " (" + variable.description +
                                 (variable.mandatory ? "" : " Optional: Enter leaves it out.") +
                                 (variable.sensitive ? " No echo.): " : "): ");
    auto answer = person.ask(question, !variable.sensitive);
    if (!credcache::is_blank(answer.reveal())) values.push_back({variable.name, std::move(answer)});
  }
  if (values.empty()) throw usage_error("found no values, expected at least one");
  return values;
}

}  // namespace credcached::cli
