#include "service/join.hpp"

#include <algorithm>
#include <utility>

#include "seal/sealed_record.hpp"

namespace credcache::inline v1 {
namespace {

using sources_view = std::span<const std::unique_ptr<value_source>>;

// The names under which one variable is looked up in a source.
struct lookup {
  std::string_view name;
  std::span<const std::string> further;

  // Calls `visit` with one name after the other until it returns true.
  template <class Visit>
  bool any_name(Visit visit) const {
    return visit(name) || std::ranges::any_of(further, visit);
  }
};

lookup lookup_of(const join_inputs& in, std::size_t position) {
  const auto& variables = in.definition.variables;
  if (position < variables.size()) return {variables[position].name, variables[position].environment_names};
  return {in.csp.required_names[position - variables.size()].name, {}};
}

value_origin origin_in(sources_view sources, const lookup& wanted) {
  for (const auto& source : sources) {
    if (wanted.any_name([&](std::string_view name) { return source->has(name); })) return source->origin();
  }
  return value_origin::missing;
}

void fill_from_record(const join_inputs& in, joined_credential& out) {
  const auto& variables = in.definition.variables;
  record_reader record(in.record);
  record_item item;
  if (in.record_names == nullptr) {
    for (resolved_variable& target : out.variables) {
      if (!record.next(item)) return;
      if (item.value.empty()) continue;
      target.origin = value_origin::cache;
      target.value = item.value;
    }
    return;
  }
  for (const std::string& name : *in.record_names) {
    if (!record.next(item)) return;
    const auto found = std::ranges::find(variables, name, &variable_definition::name);
    if (item.value.empty() || found == variables.end()) continue;  // the definition may have lost this variable since
    resolved_variable& target = out.variables[static_cast<std::size_t>(found - variables.begin())];
    target.origin = value_origin::cache;
    target.value = item.value;
  }
}

// They are copied: a resolution outlives the request.
void fill_from_deploy_variables(const join_inputs& in, joined_credential& out) {
  for (const given_variable& given : in.deploy_variables) {
    if (is_blank(given.value.reveal())) continue;
    std::string_view copy;
    for (std::size_t i = 0; i < in.definition.variables.size(); ++i) {
      resolved_variable& target = out.variables[i];
      const bool by_name = in.definition.variables[i].name == given.name;
      if (!by_name &&
          (target.origin == value_origin::deploy_variables || !in.definition.variables[i].is_called(given.name))) {
        continue;
      }
      if (copy.empty()) copy = out.joined.emplace_back(secret::copy_of(given.value.reveal())).reveal();
      target.origin = value_origin::deploy_variables;
      target.value = copy;
    }
  }
}

// Values that a JSON value of this credential brings along, for variables that are still missing. One that no source
// was asked for yet is taken to bring all of them.
void fill_from_json(const credential_definition& definition, joined_credential& out) {
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    const auto& rule = definition.variables[i].json;
    if (!rule || out.variables[i].origin == value_origin::missing) continue;
    for (const auto& [variable, member] : rule->fills) {
      for (std::size_t k = 0; k < definition.variables.size(); ++k) {
        if (definition.variables[k].name != variable || out.variables[k].origin != value_origin::missing) continue;
        if (!out.variables[i].value.empty()) {
          secret value = variable_definition::json_member(out.variables[i].value, member);
          if (is_blank(value.reveal())) continue;
          out.variables[k].value = out.joined.emplace_back(std::move(value)).reveal();
        }
        out.variables[k].origin = out.variables[i].origin;
      }
    }
  }
}

// The one round trip to a source: with every name it has of the variables that are still missing.
void fetch_from(value_source& source, const join_inputs& in, instant now, joined_credential& out) {
  std::vector<std::string_view> names;
  for (const resolved_variable& target : out.variables) {
    if (target.origin != value_origin::missing) continue;
    lookup_of(in, target.position).any_name([&](std::string_view name) {
      if (source.has(name) && std::ranges::find(names, name) == names.end()) names.push_back(name);
      return false;
    });
  }
  if (names.empty()) return;
  std::vector<fetched_value> fetched(names.size());
  source.fetch(names, fetched, now);

  value_origin origin = source.origin();
  if (origin == value_origin::other) {  // the answer may outlive the source
    origin = value_origin::named(out.joined.emplace_back(secret::copy_of(to_string(origin))).reveal());
  }
  for (resolved_variable& target : out.variables) {
    if (target.origin != value_origin::missing) continue;
    lookup_of(in, target.position).any_name([&](std::string_view name) {
      const auto asked = std::ranges::find(names, name);
      if (asked == names.end()) return false;
      const fetched_value& found = fetched[static_cast<std::size_t>(asked - names.begin())];
      if (is_blank(found.value.reveal()) || found.deadline <= now.boot) return false;
      target.origin = origin;
      target.value = found.value.reveal();
      if (found.deadline != time_point::max()) {
        out.deadline = std::min(out.deadline.value_or(found.deadline), found.deadline);
      }
      return true;
    });
  }
  for (fetched_value& found : fetched) out.joined.push_back(std::move(found.value));
}

}  // namespace

void look(const join_inputs& in, joined_credential& out) {
  const auto& variables = in.definition.variables;
  out.variables.resize(variables.size());
  for (std::size_t i = 0; i < variables.size(); ++i) {
    out.variables[i].position = i;
    out.variables[i].names = &variables[i].handed_out_as;
  }
  fill_from_record(in, out);
  fill_from_deploy_variables(in, out);
  for (std::size_t i = 0; i < in.csp.required_names.size(); ++i) {
    const required_name& required = in.csp.required_names[i];
    if (required.export_as.empty()) continue;
    out.variables.push_back({variables.size() + i, &required.export_as, value_origin::missing, {}});
  }
  for (resolved_variable& target : out.variables) {
    if (target.origin == value_origin::missing) target.origin = origin_in(in.sources, lookup_of(in, target.position));
  }
  fill_from_json(in.definition, out);
}

bool join(const join_inputs& in, instant now, joined_credential& out) {
  look(in, out);
  // A source that takes its time is not asked in vain.
  if (!is_complete(in.definition, out)) return false;
  const auto to_be_fetched = [](const resolved_variable& v) {
    return v.origin != value_origin::missing && v.value.empty();
  };
  if (std::ranges::none_of(out.variables, to_be_fetched)) return true;
  for (resolved_variable& target : out.variables) {
    if (target.value.empty()) target.origin = value_origin::missing;
  }
  for (const auto& source : in.sources) fetch_from(*source, in, now, out);
  fill_from_json(in.definition, out);
  return missing_names(in, out).empty();
}

bool is_complete(const credential_definition& definition, const joined_credential& looked) {
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    if (looked.variables[i].origin == value_origin::missing && definition.variables[i].mandatory) return false;
  }
  return true;
}

std::vector<std::string> missing_names(const join_inputs& in, const joined_credential& joined) {
  const auto& variables = in.definition.variables;
  std::vector<std::string> names;
  for (const resolved_variable& v : joined.variables) {
    const bool counts = v.position >= variables.size() || variables[v.position].mandatory;
    if (v.origin != value_origin::missing || !counts) continue;
    const lookup wanted = lookup_of(in, v.position);
    const value_origin promised = origin_in(in.sources, wanted);
    names.emplace_back(wanted.name);
    if (promised != value_origin::missing)
      names.back() += " (not delivered by " + std::string(to_string(promised)) + ")";
  }
  return names;
}

value_origin find_origin(const variable_definition& variable, sources_view sources) {
  return origin_in(sources, {variable.name, variable.environment_names});
}

}  // namespace credcache::inline v1
