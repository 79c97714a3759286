#include "formats/resolve_writer.hpp"

#include <utility>

#include "json/json_writer.hpp"

namespace credcached::formats {
namespace {

using credcache::resolution;
using credcache::secret_buffer;
using credcache::value_origin;

constexpr std::string_view dotenv_type = "text/x-dotenv";
constexpr std::string_view shell_type = "text/x-shellscript";
constexpr std::string_view tfvars_type = "text/x-tfvars";

std::string quoted(std::string_view text) {
  secret_buffer buffer;
  json::json_writer(buffer).string(text);
  return std::string(buffer.reveal());
}

// Double quotes as the dotenv readers of Ruby, Node and Python take them: \n, \", \\ and \$ are escapes.
void append_dotenv(secret_buffer& out, std::string_view value) {
  out.push_back('"');
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
  out.push_back('"');
}

// Single quotes keep everything as it is; a single quote itself is put outside of them. Safe to eval.
void append_shell(secret_buffer& out, std::string_view value) {
  out.push_back('\'');
  for (const char c : value) {
    if (c == '\'') {
      out.append("'\\''");
    } else {
      out.push_back(c);
    }
  }
  out.push_back('\'');
}

// HCL takes JSON's escapes, but begins a template with ${ or %{, which are doubled to mean themselves.
void append_tfvars(secret_buffer& out, std::string_view value) {
  out.push_back('"');
  while (!value.empty()) {
    const std::size_t at = std::min(value.find("${"), value.find("%{"));
    json::append_escaped(out, value.substr(0, at));
    if (at == std::string_view::npos) break;
    out.push_back(value[at]);
    out.push_back(value[at]);
    value.remove_prefix(at + 1);
  }
  out.push_back('"');
}

void append_line(secret_buffer& out, resolve_format format, std::string_view name, std::string_view value) {
  if (format == resolve_format::shell) out.append("export ");
  out.append(name);
  out.append(format == resolve_format::tfvars ? " = " : "=");
  switch (format) {
    case resolve_format::dotenv:
      append_dotenv(out, value);
      break;
    case resolve_format::shell:
      append_shell(out, value);
      break;
    default:
      append_tfvars(out, value);
      break;
  }
  out.push_back('\n');
}

}  // namespace

std::optional<resolve_format> resolve_format_of(std::string_view name) noexcept {
  if (name == "json") return resolve_format::json;
  if (name == "dotenv") return resolve_format::dotenv;
  if (name == "shell") return resolve_format::shell;
  if (name == "tfvars") return resolve_format::tfvars;
  return std::nullopt;
}

resolve_format resolve_format_for_accept(std::string_view accept) noexcept {
  if (accept.empty() || accept == "*/*" || accept == "application/json") return resolve_format::json;
  for (const auto format : {resolve_format::dotenv, resolve_format::shell, resolve_format::tfvars}) {
    const std::string_view type = content_type_of(format);
    if (accept.substr(0, type.size()) == type) return format;
  }
  return resolve_format::json;
}

std::string_view content_type_of(resolve_format format) noexcept {
  switch (format) {
    case resolve_format::dotenv:
      return dotenv_type;
    case resolve_format::shell:
      return shell_type;
    case resolve_format::tfvars:
      return tfvars_type;
    case resolve_format::json:
      break;
  }
  return "application/json";
}

resolve_writer::resolve_writer(const credcache::provider_catalog& catalog) : definitions_(catalog.definition_count()) {}

resolve_writer::pieces resolve_writer::make_pieces(const credcache::csp_definition& csp,
                                                   const credcache::credential_definition& definition) {
  pieces p;
  for (const std::string& site : csp.sites) {
    p.heads.push_back("{\"csp\":" + quoted(csp.name) + ",\"site\":" + quoted(site) +
                      ",\"type\":" + quoted(to_string(definition.type)) + ",\"name\":" + quoted(definition.name));
  }
  const auto add_keys = [&](const std::vector<std::string>& names) {
    auto& keys = p.variable_keys.emplace_back();
    auto& sources = p.slot_sources.emplace_back();
    for (const std::string& name : names) {
      keys.push_back("\"," + quoted(name) + ":\"");
      for (std::size_t from = 0; from < sources.size(); ++from) {
        sources[from] += "," + quoted(name) + ":" + quoted(to_string(static_cast<value_origin>(from)));
      }
    }
  };
  for (const auto& variable : definition.variables) add_keys(variable.handed_out_as);
  for (const auto& required : csp.required_names) add_keys(required.export_as);
  for (const auto& [name, value] : definition.constants) {
    p.constants += "," + quoted(name) + ":" + quoted(value);
    p.constant_sources += "," + quoted(name) + ":" + quoted(to_string(value_origin::definition));
  }
  return p;
}

void resolve_writer::write(secret_buffer& out, resolve_format format, const resolution& resolved,
                           credcache::owner_view who, credcache::instant now) {
  if (format == resolve_format::json) {
    pieces& p = definitions_[resolved.definition->index];
    if (p.heads.empty()) p = make_pieces(*resolved.csp, *resolved.definition);  // every csp has a site, so once
    return write_json(out, resolved, who, now);
  }
  for (const auto& variable : resolved.variables) {
    if (variable.origin == value_origin::missing) continue;
    for (const std::string& name : *variable.names) append_line(out, format, name, variable.value);
  }
  for (const auto& [name, value] : resolved.definition->constants) append_line(out, format, name, value);
}

void resolve_writer::write_json(secret_buffer& out, const resolution& resolved, credcache::owner_view who,
                                credcache::instant now) const {
  const pieces& p = definitions_[resolved.definition->index];
  out.append(p.heads[resolved.site]);
  out.append(who.kind == credcache::owner_kind::user ? ",\"user\":\"" : ",\"isv\":\"");
  json::append_escaped(out, who.name);
  if (resolved.deadline) {
    out.append("\",\"expiresAt\":\"");
    json::append_time(out, now.wall_of(*resolved.deadline));
    out.append("\",\"remaining\":");
    json::append_number(out, std::chrono::floor<std::chrono::seconds>(*resolved.deadline - now.boot).count());
  } else {
    out.append("\",\"expiresAt\":null,\"remaining\":null");
  }

  // The first piece of each object leaves out what would end the piece before.
  out.append(",\"variables\":{");
  std::size_t leave_out = 2;
  for (const auto& variable : resolved.variables) {
    if (variable.origin == value_origin::missing) continue;
    for (const std::string& key : p.variable_keys[variable.position]) {
      out.append(std::string_view(key).substr(std::exchange(leave_out, 0)));
      json::append_escaped(out, variable.value);
    }
  }
  if (leave_out == 0) out.push_back('"');
  out.append(std::string_view(p.constants).substr(leave_out != 0 && !p.constants.empty() ? 1 : 0));

  out.append("},\"sources\":{");
  leave_out = 1;
  for (const auto& variable : resolved.variables) {
    if (variable.origin == value_origin::missing) continue;
    const std::string& piece = p.slot_sources[variable.position][static_cast<std::size_t>(variable.origin)];
    out.append(std::string_view(piece).substr(std::exchange(leave_out, 0)));
  }
  out.append(std::string_view(p.constant_sources).substr(p.constant_sources.empty() ? 0 : leave_out));
  out.append("}}");
}

}  // namespace credcached::formats
