#include "formats/resolve_writer.hpp"

#include <utility>

#include "json/json_writer.hpp"

namespace credcached::formats {
namespace {

using credcache::resolution;
using credcache::secret_buffer;
using credcache::value_origin;

}  // namespace

resolve_writer::resolve_writer(const credcache::provider_catalog& catalog) : definitions_(catalog.definition_count()) {}

resolve_writer::pieces resolve_writer::make_pieces(const credcache::csp_definition& csp,
                                                   const credcache::credential_definition& definition) {
  pieces p;
  for (const std::string& site : csp.sites) {
    p.heads.push_back("{\"csp\":" + json::in_quotes(csp.name) + ",\"site\":" + json::in_quotes(site) + ",\"type\":" +
                      json::in_quotes(to_string(definition.type)) + ",\"name\":" + json::in_quotes(definition.name));
  }
  const auto add_keys = [&](const std::vector<std::string>& names) {
    auto& keys = p.variable_keys.emplace_back();
    auto& origins = p.position_origins.emplace_back();
    for (const std::string& name : names) {
      keys.push_back("\"," + json::in_quotes(name) + ":\"");
      for (std::size_t i = 0; i < origins.size(); ++i) {
        origins[i] +=
            "," + json::in_quotes(name) + ":" + json::in_quotes(to_string(static_cast<value_origin::kind_type>(i)));
      }
    }
  };
  for (const auto& variable : definition.variables) add_keys(variable.handed_out_as);
  for (const auto& required : csp.required_names) add_keys(required.export_as);
  for (const auto& [name, value] : definition.constants) {
    p.constants += "," + json::in_quotes(name) + ":" + json::in_quotes(value);
    p.constant_origins += "," + json::in_quotes(name) + ":" + json::in_quotes(to_string(value_origin::definition));
  }
  return p;
}

std::vector<std::string_view> resolve_writer::write(secret_buffer& out, const output_format& format,
                                                    const resolution& resolved, credcache::owner_view owner,
                                                    credcache::instant now) {
  std::vector<std::string_view> without_form;
  if (format.write_line == nullptr) {
    pieces& p = definitions_[resolved.definition()->index];
    if (p.heads.empty()) p = make_pieces(*resolved.csp(), *resolved.definition());  // every csp has a site, so once
    write_json(out, p, resolved, owner, now);
    return without_form;
  }
  resolved.for_each([&](std::string_view name, std::string_view value, value_origin) {
    if (!format.write_line(out, name, value)) without_form.push_back(name);
  });
  return without_form;
}

void resolve_writer::write_json(secret_buffer& out, const pieces& p, const resolution& resolved,
                                credcache::owner_view owner, credcache::instant now) {
  out.append(p.heads[resolved.site_index()]);
  out.append(owner.kind == credcache::owner_kind::user ? ",\"user\":\"" : ",\"isv\":\"");
  json::append_escaped(out, owner.name);
  if (const auto deadline = resolved.deadline()) {
    out.append("\",\"expiresAt\":\"");
    json::append_time(out, now.wall_of(*deadline));
    out.append("\",\"remaining\":");
    json::append_number(out, std::chrono::floor<std::chrono::seconds>(*deadline - now.boot).count());
  } else {
    out.append("\",\"expiresAt\":null,\"remaining\":null");
  }

  // The first piece of each object leaves out what would end the piece before.
  out.append(",\"variables\":{");
  std::size_t leave_out = 2;
  for (const auto& variable : resolved.variables()) {
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
  for (const auto& variable : resolved.variables()) {
    if (variable.origin == value_origin::missing) continue;
    const std::string& piece = p.position_origins[variable.position][variable.origin.kind()];
    out.append(std::string_view(piece).substr(std::exchange(leave_out, 0)));
  }
  out.append(std::string_view(p.constant_origins).substr(p.constant_origins.empty() ? 0 : leave_out));
  out.append("}}");
}

}  // namespace credcached::formats
