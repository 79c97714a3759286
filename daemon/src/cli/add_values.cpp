#include "cli/add_values.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "base/secret_file.hpp"
#include "base/system_text.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"

namespace credcached::cli {

namespace {

/// More than the daemon takes in any configuration; stops a wrong file name from filling the memory.
constexpr std::size_t longest_file = 16 << 20;
constexpr std::size_t piece = 16 * 1024;

const asked_variable& find(const std::vector<asked_variable>& known, std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& v) { return v.name == name; });
  if (found != known.end()) return *found;
  std::vector<std::string_view> names;
  for (const auto& v : known) names.emplace_back(v.name);
  throw usage_error(
      fmt::format("found the unknown variable \"{}\", expected one of {}", name, credcache::joined(names)));
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
  const std::string name = standard_input ? "standard input" : file;
  const credcache::unique_fd opened{standard_input ? -1 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!standard_input && !opened) throw usage_error(fmt::format("cannot read {}: {}", name, credcache::errno_text()));
  credcache::secret_buffer content;
  std::size_t count = piece;
  while (count == piece && content.size() <= longest_file) {
    const auto before = content.size();
    content.resize(before + piece);
    try {
      count = credcache::read_up_to(standard_input ? STDIN_FILENO : opened.get(), content.bytes().subspan(before));
    } catch (const std::system_error& e) {
      throw usage_error(fmt::format("cannot read {}: {}", name, e.code().message()));
    }
    content.resize(before + count);
  }
  if (content.size() > longest_file) throw usage_error(fmt::format("cannot read {}: it has more than 16 MiB", name));
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
