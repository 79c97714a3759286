#include "formats/resolve_writer.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "json/json_writer.hpp"

namespace credcached::formats {
namespace {

using credcache::resolution;
using credcache::secret_buffer;
using credcache::value_origin;

/// In every answer: the time of expiry for whoever reads no cloud's own name of it.
constexpr std::string_view common_expiry_name = "CREDCACHED_EXPIRES_AT";

void write_presented(secret_buffer& out, const credcache::presentation& presented) {
  out.append(",\"authentication\":{");
  out.append(json::in_quotes(to_string(presented.how->in)) + ":" + json::in_quotes(presented.how->field) +
             ",\"value\":\"");
  json::append_escaped(out, presented.value.reveal());
  std::string hosts;
  for (const std::string& host : presented.hosts) hosts += (hosts.empty() ? "" : ",") + json::in_quotes(host);
  out.append("\",\"hosts\":[" + hosts + "]}");
}

/// ,"NAME" for each of them.
std::string items(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += "," + json::in_quotes(name);
  return text;
}

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
    p.unset_variable.push_back(items(names));
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
  std::set<std::string_view> own;
  for (const auto& variable : definition.variables)
    own.insert(variable.handed_out_as.begin(), variable.handed_out_as.end());
  for (const auto& required : csp.required_names) own.insert(required.export_as.begin(), required.export_as.end());
  for (const auto& [name, value] : definition.constants) {
    own.insert(name);
    p.constants += "," + json::in_quotes(name) + ":" + json::in_quotes(value);
    p.constant_origins += "," + json::in_quotes(name) + ":" + json::in_quotes(to_string(value_origin::definition));
  }
  p.expires_as.emplace_back(common_expiry_name);
  p.expires_as.insert(p.expires_as.end(), csp.expires_as.begin(), csp.expires_as.end());
  own.insert(p.expires_as.begin(), p.expires_as.end());
  for (std::string& name : csp.known_names()) {
    if (!own.contains(name)) p.never_set.push_back(std::move(name));
  }
  p.unset_expiry = items(p.expires_as);
  p.unset_never = items(p.never_set);
  p.expiry = "},\"expiresAs\":[" + p.unset_expiry.substr(1) + "],\"unset\":[";
  return p;
}

std::vector<std::string_view> resolve_writer::write(secret_buffer& out, const output_format& format,
                                                    const resolution& resolved, credcache::owner_view owner,
                                                    credcache::instant now, const credcache::presentation& presented) {
  std::vector<std::string_view> without_form;
  if (format.write_presentation != nullptr) {
    if (!format.write_presentation(out, presented, resolved))
      without_form.push_back(resolved.definition()->variables[presented.how->secret].name);
    return without_form;
  }
  pieces& p = definitions_[resolved.definition()->index];
  if (p.heads.empty()) p = make_pieces(*resolved.csp(), *resolved.definition());  // every csp has a site, so once
  if (format.is_json()) {
    write_json(out, p, resolved, owner, now);
    if (presented.how != nullptr) write_presented(out, presented);
    out.push_back('}');
    return without_form;
  }
  // First, so that a script ends with the status of what it sets.
  if (format.write_unset != nullptr) {
    format.write_unset(out, names_to_unset(p, resolved));
    if (const auto deadline = resolved.deadline()) {
      secret_buffer time;
      json::append_time(time, now.wall_of(*deadline));
      for (const std::string& name : p.expires_as) format.write_line(out, name, time.reveal());
    }
  }
  resolved.for_each([&](std::string_view name, std::string_view value, value_origin) {
    if (!format.write_line(out, name, value)) without_form.push_back(name);
  });
  return without_form;
}

std::vector<std::string_view> resolve_writer::names_to_unset(const pieces& p, const resolution& resolved) {
  std::vector<std::string_view> names;  // a shell has no word for all that begin alike
  std::ranges::copy_if(p.never_set, std::back_inserter(names), [](const auto& name) { return !name.ends_with('*'); });
  if (!resolved.deadline()) names.insert(names.end(), p.expires_as.begin(), p.expires_as.end());
  for (const auto& variable : resolved.variables()) {
    if (variable.origin == value_origin::missing)
      names.insert(names.end(), variable.names->begin(), variable.names->end());
  }
  return names;
}

void resolve_writer::write_unset_json(secret_buffer& out, const pieces& p, const resolution& resolved) {
  std::size_t leave_out = 1;  // the comma before the first one
  const auto append = [&](const std::string& names) {
    if (!names.empty()) out.append(std::string_view(names).substr(std::exchange(leave_out, 0)));
  };
  append(p.unset_never);
  if (!resolved.deadline()) append(p.unset_expiry);
  for (const auto& variable : resolved.variables()) {
    if (variable.origin == value_origin::missing) append(p.unset_variable[variable.position]);
  }
}

void resolve_writer::write_json(secret_buffer& out, const pieces& p, const resolution& resolved,
                                credcache::owner_view owner, credcache::instant now) {
  const std::vector<std::string>& others = resolved.others();
  out.append(p.heads[resolved.site_index()]);
  if (resolved.profile().empty() && others.empty()) {
    out.append(R"(,"profile":null,"others":[])");
  } else {
    const std::string profile = resolved.profile().empty() ? "null" : json::in_quotes(resolved.profile());
    out.append(",\"profile\":" + profile + ",\"others\":[" + (others.empty() ? "" : items(others).substr(1)) + "]");
  }
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
  out.append(p.expiry);
  write_unset_json(out, p, resolved);
  out.push_back(']');
}

}  // namespace credcached::formats
