#include "formats/output_format.hpp"

#include <algorithm>

#include "formats/lines.hpp"

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
};

}  // namespace

std::span<const output_format> output_formats() noexcept {
  return format_table;
}

const output_format* find_output_format(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(format_table, name, &output_format::name);
  return found == std::end(format_table) ? nullptr : found;
}

const output_format& output_format_for_accept(std::string_view accept) noexcept {
  const std::string_view first = accept.substr(0, accept.find_first_of(";, \t"));
  const auto* const found = std::ranges::find_if(format_table, [first](const output_format& f) { return f.is(first); });
  return found == std::end(format_table) ? format_table[0] : *found;
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
