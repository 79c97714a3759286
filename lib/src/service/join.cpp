#include "service/join.hpp"

#include <algorithm>
#include <utility>

#include "seal/sealed_record.hpp"

namespace credcache::inline v1 {
namespace {

using sources_view = std::span<const std::unique_ptr<value_source>>;

// Calls `take(source, name)` for the first name of `variable` that a source has.
template <class Take>
bool first_source(std::string_view name, std::span<const std::string> further, sources_view sources, Take take) {
  for (const auto& source : sources) {
    if (source->has(name)) return take(*source, name);
    for (const std::string& other : further) {
      if (source->has(other)) return take(*source, other);
    }
  }
  return false;
}

void fill_from_sources(resolved_variable& target, std::string_view name, std::span<const std::string> further,
                       sources_view sources, joined_credential& out) {
  first_source(name, further, sources, [&](value_source& source, std::string_view found) {
    std::optional<secret> value = source.find(found);
    if (!value || is_blank(value->reveal())) return false;
    target.origin = source.kind();
    target.value = out.joined.emplace_back(std::move(*value)).reveal();
    return true;
  });
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

// Values that a JSON value of this credential brings along, for variables that are still missing.
void fill_from_json(const credential_definition& definition, joined_credential& out) {
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    const auto& rule = definition.variables[i].json;
    if (!rule || out.variables[i].origin == value_origin::missing) continue;
    for (const auto& [variable, member] : rule->fills) {
      for (std::size_t k = 0; k < definition.variables.size(); ++k) {
        if (definition.variables[k].name != variable || out.variables[k].origin != value_origin::missing) continue;
        secret value = variable_definition::json_member(out.variables[i].value, member);
        if (is_blank(value.reveal())) continue;
        out.variables[k].origin = out.variables[i].origin;
        out.variables[k].value = out.joined.emplace_back(std::move(value)).reveal();
      }
    }
  }
}

}  // namespace

bool join(const join_inputs& in, joined_credential& out) {
  const auto& variables = in.definition.variables;
  out.variables.resize(variables.size());
  for (std::size_t i = 0; i < variables.size(); ++i) {
    out.variables[i] = {i, &variables[i].handed_out_as, value_origin::missing, {}};
  }
  fill_from_record(in, out);
  fill_from_deploy_variables(in, out);

  bool any_json = false;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (out.variables[i].origin == value_origin::missing) {
      fill_from_sources(out.variables[i], variables[i].name, variables[i].environment_names, in.sources, out);
    }
    any_json = any_json || variables[i].json.has_value();
  }
  if (any_json) fill_from_json(in.definition, out);

  bool complete = true;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    complete = complete && (out.variables[i].origin != value_origin::missing || !variables[i].mandatory);
  }
  for (std::size_t i = 0; i < in.csp.required_names.size(); ++i) {
    const required_name& required = in.csp.required_names[i];
    if (required.export_as.empty()) continue;
    resolved_variable& target = out.variables.emplace_back(
        resolved_variable{variables.size() + i, &required.export_as, value_origin::missing, {}});
    fill_from_sources(target, required.name, {}, in.sources, out);
  }
  return complete;
}

std::vector<std::string> missing_names(const credential_definition& definition, const joined_credential& joined) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    if (definition.variables[i].mandatory && joined.variables[i].origin == value_origin::missing) {
      names.push_back(definition.variables[i].name);
    }
  }
  return names;
}

value_origin find_origin(const variable_definition& variable, sources_view sources) {
  value_origin kind = value_origin::missing;
  first_source(variable.name, variable.environment_names, sources, [&](value_source& source, std::string_view) {
    kind = source.kind();
    return true;
  });
  return kind;
}

}  // namespace credcache::inline v1
