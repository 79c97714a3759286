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

/// The name of a section's first line.
std::optional<std::string_view> section_in(std::string_view line) {
  if (!line.starts_with('[') || !line.ends_with(']')) return std::nullopt;
  auto name = trimmed(line.substr(1, line.size() - 2));
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
    std::string_view line = take_line(rest);
    constexpr std::string_view exported = "export ";
    if (!has_sections_ && line.starts_with(exported)) line = trimmed(line.substr(exported.size()));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || !credcache::equal_ignoring_case(trimmed(line.substr(0, equals)), name))
      continue;
    const auto value = trimmed(line.substr(equals + 1));
    found = has_sections_ ? value : value_in(value, number);
  }
  return found && !found->empty() ? found : std::nullopt;
}

std::string_view settings_file::value_in(std::string_view text, std::size_t line) const {
  constexpr std::string_view special = "\"'$`\\#;&|<>()*?~ \t";
  const char quote = text.empty() ? '\0' : text.front();
  if (quote != '\'' && quote != '"') {
    if (text.find_first_of(special) == std::string_view::npos) return text;
  } else if (text.size() > 1 && text.back() == quote) {
    const auto inner = text.substr(1, text.size() - 2);
    if (inner.find_first_of(quote == '"' ? "\"$`\\" : "'\\") == std::string_view::npos) return inner;
  }
  throw usage_error(
      fmt::format("line {} of {}: found a value that readers of such files take differently, expected NAME=VALUE or "
                  "NAME='VALUE'; a shell can read it: (set -a; . FILE; credcached add --from-env …)",
                  line, called_));
}

}  // namespace credcached::cli
