#include "cli/add_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/spelling.hpp"
#include "base/text.hpp"
#include "base/text_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/terminal.hpp"

namespace credcached::cli {

namespace {

std::vector<std::string_view> names_of(const std::vector<asked_variable>& known) {
  std::vector<std::string_view> names;
  for (const auto& variable : known) names.emplace_back(variable.name);
  return names;
}

/// The name is not shown: a secret with an equals sign may have gone astray.
[[noreturn]] void refuse_unknown(std::string_view name, const std::vector<asked_variable>& known) {
  const auto names = names_of(known);
  throw usage_error(
      fmt::format("found a value for an unknown variable, expected one of {}, or an alias of theirs as ALIAS=@file.{}",
                  credcache::joined(names), credcache::did_you_mean(name, names)));
}

credcache::secret_buffer plain_value(std::string_view text) {
  if (text.starts_with("\\@") || text == "\\-") text.remove_prefix(1);
  credcache::secret_buffer value;
  value.append(text);
  return value;
}

/// A blank value would count as none, and the message would be about that.
credcache::secret_buffer not_blank(credcache::secret_buffer value, std::string_view name, std::string_view source) {
  if (credcache::is_blank(value.reveal()))
    throw usage_error(fmt::format("{}: found nothing in {}, expected a value; leave {} out if it has none", name,
                                  credcache::printable(source), name));
  return value;
}

credcache::secret_buffer value_of(std::string_view name, std::string_view text,
                                  const std::vector<asked_variable>& known) {
  if (text == "-") return not_blank(read_text("-", fmt::format("standard input for {}", name)), name, "standard input");
  if (text.starts_with('@')) {
    const std::string file(text.substr(1));
    return not_blank(
        read_text(file,
                  fmt::format("the file that {} names behind @ (a value that begins with @ is given as \\@…)", name)),
        name, file);
  }
  const auto variable = std::ranges::find(known, name, &asked_variable::name);
  if (variable == known.end()) refuse_unknown(name, known);
  if (variable->sensitive)
    throw usage_error(fmt::format(
        "{0} is a secret, and every process here can read the arguments of another: give it as {0}=@file or {0}=- "
        "(standard input), or give no values to be asked",
        name));
  check_encoding(text, fmt::format("the value of {}", name));
  return plain_value(text);
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// The variables that words have given, by whichever of their names; an alias may stand for several.
std::set<std::string_view> variables_given(const std::vector<given_value>& words,
                                           const std::vector<asked_variable>& known) {
  std::set<std::string_view> given;
  for (const given_value& word : words) {
    const auto before = given.size();
    for (const asked_variable& v : known) {
      if (v.name == word.name || has(v.exports, word.name) || has(v.aliases, word.name)) given.insert(v.name);
    }
    if (given.size() == before) refuse_unknown(word.name, known);
  }
  return given;
}

}  // namespace

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
    if (std::ranges::find(values, name, &given_value::name) != values.end())
      throw usage_error(fmt::format("found {} twice, expected it once", name));
    if (text == "-" && std::exchange(input_taken, true))
      throw usage_error("found standard input (-) twice, expected it for one variable");
    values.push_back({std::string(name), value_of(name, text, known)});
  }
  return values;
}

std::vector<given_value> looked_up_values(const std::vector<asked_variable>& known,
                                          const std::vector<given_value>& words, const value_lookup& source) {
  const std::set<std::string_view> given = variables_given(words, known);
  const auto is_there = [&](const std::string& name) { return source.find(name).has_value(); };
  std::vector<given_value> values;
  std::vector<std::string_view> open;
  for (const asked_variable& variable : known) {
    const std::vector<std::string> alone{variable.name};
    const auto& account = variable.together.empty() ? alone : variable.together;
    if (std::ranges::any_of(account, [&](const auto& name) { return given.contains(name); })) continue;
    open.emplace_back(variable.name);
    std::vector<std::string> names{variable.name};
    if (std::ranges::none_of(account, is_there))
      names.insert(names.end(), variable.exports.begin(), variable.exports.end());
    if (source.has_aliases && variable.together.empty())
      names.insert(names.end(), variable.aliases.begin(), variable.aliases.end());
    const auto found = std::ranges::find_if(names, is_there);
    if (found == names.end()) continue;
    const std::string_view text = source.find(*found).value();
    check_encoding(text, fmt::format("{} of {}", *found, source.called));
    credcache::secret_buffer value;
    value.append(text);
    values.push_back({variable.name, std::move(value)});
  }
  if (values.empty() && !open.empty())
    throw usage_error(
        fmt::format("found none of {} in {}, expected at least one", credcache::joined(open), source.called));
  return values;
}

value_lookup own_environment() {
  return {[](const std::string& name) -> std::optional<std::string_view> {
            const char* const text = std::getenv(name.c_str());
            // Read as a file is: what came from one may have its byte order mark and line end still.
            const std::string_view value = credcache::value_in(text == nullptr ? "" : text);
            return credcache::is_blank(value) ? std::nullopt : std::optional(value);
          },
          "the environment"};
}

std::string question_for(const asked_variable& variable) {
  return variable.name + " (" + variable.description +
         (!variable.source.empty() ? " Enter takes it from the daemon's " + variable.source + "."
          : variable.mandatory     ? ""
                                   : " Optional: Enter leaves it out.") +
         (variable.sensitive ? " No echo.): " : "): ");
}

std::vector<given_value> ask_values(const terminal& person, const std::vector<asked_variable>& known) {
  std::vector<given_value> values;
  for (const auto& variable : known) {
    auto answer = person.ask(question_for(variable), !variable.sensitive);
    check_encoding(answer.reveal(), fmt::format("the answer for {}", variable.name));
    if (!credcache::is_blank(answer.reveal())) values.push_back({variable.name, std::move(answer)});
  }
  if (values.empty()) throw usage_error("found no values, expected at least one");
  return values;
}

}  // namespace credcached::cli
