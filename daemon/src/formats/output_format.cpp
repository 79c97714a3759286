#include "formats/output_format.hpp"

#include <algorithm>

#include "formats/lines.hpp"
#include "formats/presentations.hpp"

namespace credcached::formats {
namespace {

constexpr output_format format_table[] = {
    {"json", "application/json", nullptr, nullptr, "", ""},
    {"dotenv", "text/x-dotenv; charset=utf-8", write_dotenv_line, nullptr,
     "a backslash at its end, or with a single quote or a carriage return together with a double quote, a backslash, a "
     "dollar sign or a backquote",
     ""},
    {"env", "text/x-env; charset=utf-8", write_env_line, nullptr, "a line break", ""},
    {"shell", "text/x-shellscript; charset=utf-8", write_shell_line, write_shell_unset, "", "false"},
    {"powershell", "text/x-powershell; charset=utf-8", write_powershell_line, write_powershell_unset, "",
     "throw 'credcached: there is no credential'"},
    {"tfvars", "text/x-tfvars; charset=utf-8", write_tfvars_line, nullptr, "", ""},
    {"header", "text/x-http-header; charset=utf-8", nullptr, nullptr, "its place in the query of a request", "",
     write_header},
    {"curl", "text/x-curl-config; charset=utf-8", nullptr, nullptr, "its place in the query of a request", "",
     write_curl},
    {"netrc", "text/x-netrc; charset=utf-8", nullptr, nullptr,
     "a blank, a quote, a backslash, # or letters outside of ASCII, and for all but a user's name and password", "",
     write_netrc},
};

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// A weight of 0 says what is not acceptable (RFC 9110, 12.4.2).
bool is_unwanted(std::string_view media_range) noexcept {
  for (std::size_t at = media_range.find(';'); at != std::string_view::npos; at = media_range.find(';', at + 1)) {
    std::string_view parameter = media_range.substr(at + 1);
    parameter = trimmed(parameter.substr(0, parameter.find(';')));
    if (parameter.starts_with("q=") || parameter.starts_with("Q="))
      return parameter.size() > 2 && parameter.find_first_not_of("0.", 2) == std::string_view::npos;
  }
  return false;
}

}  // namespace

std::span<const output_format> output_formats() noexcept {
  return format_table;
}

const output_format* find_output_format(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(format_table, name, &output_format::name);
  return found == std::end(format_table) ? nullptr : found;
}

const output_format& output_format_for_accept(std::string_view accept) noexcept {
  if (accept == "*/*") return format_table[0];  // what nearly every client sends
  while (!accept.empty()) {
    const std::string_view range = accept.substr(0, accept.find(','));
    accept.remove_prefix(std::min(range.size() + 1, accept.size()));
    const std::string_view type = trimmed(range.substr(0, range.find(';')));
    if (type.empty() || is_unwanted(range)) continue;
    const auto* const found = std::ranges::find_if(format_table, [type](const output_format& f) { return f.is(type); });
    return found == std::end(format_table) ? format_table[0] : *found;
  }
  return format_table[0];
}

std::string output_format_names() {
  std::string names;
  for (const output_format& format : format_table) {
    const bool last = &format == std::end(format_table) - 1;
    names += (names.empty() ? "" : last ? " or " : ", ") + std::string(format.name);
  }
  return names;
}

}  // namespace credcached::formats
