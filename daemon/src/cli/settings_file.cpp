#include "cli/settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "credcache/credential.hpp"

namespace credcached::cli {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Takes the next line off.
std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

/// The name of a section's first line; nothing for another line.
std::optional<std::string_view> section_in(std::string_view line) {
  const auto end = line.find(']');
  if (!line.starts_with('[') || end == std::string_view::npos) return std::nullopt;
  const auto rest = trimmed(line.substr(end + 1));
  if (!rest.empty() && rest.front() != '#' && rest.front() != ';') return std::nullopt;
  auto name = trimmed(line.substr(1, end - 1));
  constexpr std::string_view profile = "profile ";
  if (name.starts_with(profile)) name = trimmed(name.substr(profile.size()));
  return name;
}

}  // namespace

settings_file::settings_file(const std::string& file, std::string_view section, std::string_view profile)
    : text_(read_text(file, file == "-" ? "standard input" : file)), rest_(text_.reveal()), called_(file) {
  const std::string_view own = profile.empty() ? "default" : profile;
  const std::string_view wanted = section.empty() ? own : section;
  std::string names;
  std::size_t number = 1;
  bool found = false;
  std::string_view rest = text_.reveal();
  for (; !rest.empty(); ++number) {
    const char* const begin = rest.data();
    const auto name = section_in(take_line(rest));
    if (!name) continue;
    has_sections_ = true;
    names += (names.empty() ? "" : ", ") + credcache::printable(*name);
    if (found) {  // the next one ends it
      rest_ = rest_.substr(0, static_cast<std::size_t>(begin - rest_.data()));
      return;
    }
    if (*name != wanted) continue;
    found = true;
    rest_ = rest;
    first_line_ = number + 1;
    called_ = fmt::format("section {} of {}", wanted, file);
  }
  if (found || (!has_sections_ && section.empty())) return;
  throw usage_error(fmt::format("found no section {} in {}, expected {}", credcache::shown(wanted), file,
                                names.empty() ? "no --section: it has none" : "--section with one of " + names));
}

std::optional<std::string_view> settings_file::find(std::string_view name) const {
  std::optional<std::string_view> found;
  std::size_t number = first_line_;
  for (std::string_view rest = rest_; !rest.empty(); ++number) {
    const bool is_indented = rest.front() == ' ' || rest.front() == '\t';
    std::string_view line = take_line(rest);
    if (has_sections_ && is_indented) continue;  // it belongs to the setting above, such as s3
    constexpr std::string_view exported = "export";
    if (!has_sections_ && line.starts_with(exported) && line.size() > exported.size() &&
        (line[exported.size()] == ' ' || line[exported.size()] == '\t'))
      line = trimmed(line.substr(exported.size()));
    const auto equals = line.find('=');
    if (!has_sections_ && equals != std::string_view::npos && !line.starts_with('#'))
      check_closed(trimmed(line.substr(equals + 1)), number);
    if (equals == std::string_view::npos || !credcache::equal_ignoring_case(trimmed(line.substr(0, equals)), name))
      continue;
    const auto value = trimmed(line.substr(equals + 1));
    found = has_sections_ ? whole_value(value, number) : word_in(value, number);
  }
  return found && !found->empty() ? found : std::nullopt;
}

void settings_file::refuse(std::size_t line) const {
  throw usage_error(
      fmt::format("line {} of {}: found a value that readers of such files take differently, expected NAME=VALUE or "
                  "NAME='VALUE'; a shell can read it: (set -a; . FILE; credcached add --from-env …)",
                  line, called_));
}

// What is in quotes over several lines may look like a setting of its own.
void settings_file::check_closed(std::string_view text, std::size_t line) const {
  const char quote = text.empty() ? '\0' : text.front();
  if ((quote == '\'' || quote == '"') && text.find(quote, 1) == std::string_view::npos) refuse(line);
}

// Readers differ in whether a comment may stand behind a value.
std::string_view settings_file::whole_value(std::string_view text, std::size_t line) const {
  if (text.find(" #") != std::string_view::npos || text.find(" ;") != std::string_view::npos) {
    throw usage_error(
        fmt::format("line {} of {}: found a comment behind a value, expected it on a line of its own", line, called_));
  }
  return text;
}

std::string_view settings_file::word_in(std::string_view text, std::size_t line) const {
  constexpr std::string_view special = "\"'$`\\#;&|<>()*?~ \t";
  const char quote = text.empty() ? '\0' : text.front();
  if (quote != '\'' && quote != '"') {
    if (text.find_first_of(special) == std::string_view::npos) return text;
  } else if (text.size() > 1 && text.back() == quote) {
    const auto inner = text.substr(1, text.size() - 2);
    if (inner.find_first_of(quote == '"' ? "\"$`\\" : "'\\") == std::string_view::npos) return inner;
  }
  refuse(line);
}

}  // namespace credcached::cli
