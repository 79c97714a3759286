#include "formats/lines.hpp"

#include <algorithm>

#include "json/json_writer.hpp"

namespace credcached::formats {

void write_dotenv_line(credcache::secret_buffer& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append("=\"");
  for (const char c : value) {
    if (c == '\n') {
      out.append("\\n");
    } else if (c == '\r') {
      out.append("\\r");
    } else {
      if (c == '"' || c == '\\' || c == '$' || c == '`') out.push_back('\\');
      out.push_back(c);
    }
  }
  out.append("\"\n");
}

void write_shell_line(credcache::secret_buffer& out, std::string_view name, std::string_view value) {
  out.append("export ");
  out.append(name);
  out.append("='");
  for (const char c : value) {
    if (c == '\'') {
      out.append("'\\''");
    } else {
      out.push_back(c);
    }
  }
  out.append("'\n");
}

void write_tfvars_line(credcache::secret_buffer& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append(" = \"");
  while (!value.empty()) {
    const std::size_t at = std::min(value.find("${"), value.find("%{"));
    json::append_escaped(out, value.substr(0, at));
    if (at == std::string_view::npos) break;
    out.push_back(value[at]);
    out.push_back(value[at]);
    value.remove_prefix(at + 1);
  }
  out.append("\"\n");
}

}  // namespace credcached::formats
