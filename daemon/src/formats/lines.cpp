#include "formats/lines.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/json_writer.hpp"

namespace credcached::formats {
namespace {

using credcache::secret_buffer;

/// What no reader of dotenv files treats specially, with or without quotes.
constexpr std::string_view plain_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+=,-";

bool has_any(std::string_view value, std::string_view characters) {
  return value.find_first_of(characters) != std::string_view::npos;
}

void append_assignment(secret_buffer& out, std::string_view name, std::string_view quote, std::string_view value) {
  for (const std::string_view piece : {name, std::string_view("="), quote, value, quote, std::string_view("\n")}) {
    out.append(piece);
  }
}

/// PowerShell ends a text in single quotes at any of ' ‘ ’ ‚ ‛ (U+2018 to U+201B). The bytes of the one that `text`
/// begins with; 0 if there is none.
std::size_t powershell_quote(std::string_view text) {
  if (text.starts_with('\'')) return 1;
  const bool typographic = text.size() >= 3 && text.starts_with("\xE2\x80") && text[2] >= '\x98' && text[2] <= '\x9B';
  return typographic ? 3 : 0;
}

}  // namespace

bool write_dotenv_line(secret_buffer& out, std::string_view name, std::string_view value) {
  // To some readers \' is a quote within the value: they would go on to the next quote of the file, and what stands
  // between could set variables.
  const bool fits_single_quotes = !has_any(value, "'\r") && !value.ends_with('\\');
  const bool fits_double_quotes = !has_any(value, "\"\\$`");
  if (value.find_first_not_of(plain_characters) == std::string_view::npos) {
    append_assignment(out, name, "", value);
  } else if (fits_single_quotes && !(fits_double_quotes && has_any(value, "\n"))) {
    append_assignment(out, name, "'", value);
  } else if (fits_double_quotes) {
    out.append(name);
    out.append("=\"");
    for (const char c : value) {
      if (c == '\n') {
        out.append("\\n");
      } else if (c == '\r') {
        out.append("\\r");
      } else {
        out.push_back(c);
      }
    }
    out.append("\"\n");
  } else {
    return false;
  }
  return true;
}

bool write_env_line(secret_buffer& out, std::string_view name, std::string_view value) {
  if (has_any(value, "\n\r")) return false;
  append_assignment(out, name, "", value);
  return true;
}

bool write_shell_line(secret_buffer& out, std::string_view name, std::string_view value) {
  out.append("export ");
  out.append(name);
  out.append("='");
  for (const char c : value) {
    if (c == '\'' || c == '\\') {
      out.append("'\\");
      out.push_back(c);
      out.push_back('\'');
    } else {
      out.push_back(c);
    }
  }
  out.append("'\n");
  return true;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

bool write_powershell_line(secret_buffer& out, std::string_view name, std::string_view value) {
  out.append("$env:");
  out.append(name);
  out.append(" = '");
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t quote = powershell_quote(value.substr(at));
    if (value[at] == '\n') {
      out.append("' + \"`n\" + '");
    } else if (value[at] == '\r') {
      out.append("' + \"`r\" + '");
    } else {
      out.append(value.substr(at, std::max<std::size_t>(quote, 1)));
    }
    out.append(value.substr(at, quote));
    at += std::max<std::size_t>(quote, 1);
  }
  out.append("'\n");
  return true;
}

void write_shell_unset(secret_buffer& out, std::span<const std::string_view> names) {
  const std::string all = credcache::joined(names, " ");
  if (all.empty()) return;
  for (const std::string_view piece :
       {std::string_view("command -v unset >/dev/null || set -eg "), std::string_view(all),
        std::string_view("\ncommand -v unset >/dev/null && unset "), std::string_view(all), std::string_view("\n")}) {
    out.append(piece);
  }
}

void write_powershell_unset(secret_buffer& out, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    out.append("$env:");
    out.append(name);
    out.append(" = $null\n");
  }
}

bool write_tfvars_line(secret_buffer& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append(" = \"");
  while (!value.empty()) {
    const std::size_t at = std::min({value.find("${"), value.find("%{"), value.find_first_of("\b\f")});
    json::append_escaped(out, value.substr(0, at));
    if (at == std::string_view::npos) break;
    if (value[at] == '\b') {
      out.append("\\u0008");
    } else if (value[at] == '\f') {
      out.append("\\u000c");
    } else {
      out.push_back(value[at]);
      out.push_back(value[at]);
    }
    value.remove_prefix(at + 1);
  }
  out.append("\"\n");
  return true;
}

}  // namespace credcached::formats
