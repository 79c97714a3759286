#include "service/join.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "catalog/variable_rules.hpp"
#include "seal/sealed_record.hpp"
#include "service/assignment.hpp"

namespace credcache::inline v1 {
namespace {

bool contains(variable_set set, std::size_t position) noexcept {
  return position < most_variables && (set >> position & 1) != 0;
}

variable_set filled_variables(const credential_definition& definition, const joined_credential& out) noexcept {
  variable_set filled = 0;
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    if (out.variables[i].origin != value_origin::missing) filled |= variable_set{1} << i;
  }
  return filled;
}

// Variables that no further source is asked for: they are filled, or another one of their group is.
variable_set settled_variables(const credential_definition& definition, const joined_credential& out) noexcept {
  const variable_set filled = filled_variables(definition, out);
  variable_set settled = filled;
  for (const variable_set group : definition.together) {
    if ((group & filled) != 0) settled |= group;
  }
  return settled;
}

// The names under which one variable is looked up in a source.
std::span<const std::string> names_of(const join_inputs& in, std::size_t position) {
  const auto& variables = in.definition.variables;
  if (position < variables.size()) return variables[position].looked_up_as;
  return {&in.csp.required_names[position - variables.size()].name, 1};
}
const std::string& name_of(const join_inputs& in, std::size_t position) {
  return names_of(in, position).front();
}

// Groups that the source has under their variables' own names. What it has of them as exportAs may be another account's.
variable_set groups_under_own_names(const value_source& source, const join_inputs& in, variable_set settled) {
  const auto& variables = in.definition.variables;
  variable_set all = 0;
  for (const variable_set group : in.definition.together) {
    for (std::size_t i = 0; (group & (settled | all)) == 0 && i < variables.size(); ++i) {
      const auto has = [&](const std::string& name) { return source.has(name); };
      if (contains(group, i) && (has(variables[i].name) || std::ranges::any_of(variables[i].environment_names, has)))
        all |= group;
    }
  }
  return all;
}

// The names of an open variable in a source, given the groups above.
std::span<const std::string> names_in_source(const join_inputs& in, std::size_t position, variable_set own) {
  const auto names = names_of(in, position);
  return contains(own, position) ? names.first(1 + in.definition.variables[position].environment_names.size()) : names;
}

bool is_open(const resolved_variable& variable, variable_set settled) noexcept {
  return variable.origin == value_origin::missing && !contains(settled, variable.position);
}

// A value that fails its checks keeps its origin: no other source's takes its place unseen.
void check(const join_inputs& in, resolved_variable& target, joined_credential& out) {
  std::string why;
  if (target.position < in.definition.variables.size()) {
    if (in.definition.variables[target.position].accepts(target.value, why)) return;
  } else {
    why = complaint_about_text(target.value);
    if (why.empty()) return;
  }
  target.value = {};
  out.unusable.push_back({target.position, std::move(why)});
}

// They are copied: a resolution outlives the request.
void fill_from_deploy_variables(const join_inputs& in, joined_credential& out) {
  if (in.deploy_variables.empty()) return;
  for (const auto& [i, given] : assign(in.definition, in.deploy_variables).values) {
    resolved_variable& target = out.variables[i];
    target.origin = value_origin::deploy_variables;
    target.value = out.joined.emplace_back(secret::copy_of(given->value.reveal())).reveal();
    check(in, target, out);
  }
}

void fill_from_record(const join_inputs& in, joined_credential& out) {
  const auto& variables = in.definition.variables;
  const variable_set settled = in.deploy_variables.empty() ? 0 : settled_variables(in.definition, out);
  record_reader record(in.record);
  record_item item;
  const auto fill = [&](std::size_t position) {
    if (item.value.empty() || contains(settled, position)) return;
    out.variables[position].origin = value_origin::cache;
    out.variables[position].value = item.value;
  };
  if (in.record_names == nullptr) {
    for (std::size_t i = 0; i < variables.size() && record.next(item); ++i) fill(i);
    return;
  }
  for (const std::string& name : *in.record_names) {
    if (!record.next(item)) return;
    const auto found = std::ranges::find(variables, name, &variable_definition::name);
    // The definition may have lost this variable since.
    if (found != variables.end()) fill(static_cast<std::size_t>(found - variables.begin()));
  }
}

// The definition's checks were made when it was loaded.
void fill_from_profile(const join_inputs& in, joined_credential& out) {
  const auto fixed = in.csp.profiles.find(in.profile);
  if (fixed == in.csp.profiles.end()) return;
  for (const auto& [name, value] : fixed->second) {
    const auto found = std::ranges::find(in.definition.variables, name, &variable_definition::name);
    if (found == in.definition.variables.end()) continue;  // it is another credential's of the csp
    resolved_variable& target = out.variables[static_cast<std::size_t>(found - in.definition.variables.begin())];
    if (target.origin != value_origin::missing) continue;
    target.origin = value_origin::definition;
    target.value = value;
  }
}

// A source that is taken at its word.
void note_promises(const value_source& source, const join_inputs& in, variable_set settled, joined_credential& out) {
  const variable_set own = groups_under_own_names(source, in, settled);
  for (resolved_variable& target : out.variables) {
    if (!is_open(target, settled)) continue;
    const auto has = [&](const std::string& name) { return source.has(name); };
    if (std::ranges::any_of(names_in_source(in, target.position, own), has)) target.origin = source.origin();
  }
}

// The one round trip to a source: with every name it has of the variables that are still open.
void fetch_from(value_source& source, const join_inputs& in, variable_set settled, instant now,
                joined_credential& out) {
  const variable_set own = groups_under_own_names(source, in, settled);
  std::vector<std::string_view> names;
  for (const resolved_variable& target : out.variables) {
    if (!is_open(target, settled)) continue;
    for (const std::string& name : names_in_source(in, target.position, own)) {
      if (source.has(name) && std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  if (names.empty()) return;
  std::vector<fetched_value> fetched(names.size());
  source.fetch(names, fetched, now);

  for (resolved_variable& target : out.variables) {
    if (!is_open(target, settled)) continue;
    for (const std::string& name : names_in_source(in, target.position, own)) {
      const auto asked = std::ranges::find(names, name);
      if (asked == names.end()) continue;
      const fetched_value& found = fetched[static_cast<std::size_t>(asked - names.begin())];
      if (is_blank(found.value.reveal()) || found.deadline <= now.boot) continue;
      target.origin = source.origin();
      target.value = found.value.reveal();
      if (found.deadline != time_point::max()) {
        out.deadline = std::min(out.deadline.value_or(found.deadline), found.deadline);
      }
      check(in, target, out);
      break;
    }
  }
  for (fetched_value& found : fetched) out.joined.push_back(std::move(found.value));
}

enum class asked { those_at_hand, all };

void fill_from_sources(const join_inputs& in, instant now, asked which, joined_credential& out) {
  const auto is_missing = [](const resolved_variable& v) { return v.origin == value_origin::missing; };
  for (const auto& source : in.sources) {
    if (std::ranges::none_of(out.variables, is_missing)) return;
    const variable_set settled = settled_variables(in.definition, out);
    if (which == asked::all || source->is_at_hand()) {
      fetch_from(*source, in, settled, now, out);
    } else {
      note_promises(*source, in, settled, out);
    }
  }
}

// Values that a JSON value of this credential brings along, for variables that are still missing. One that no source
// was asked for yet is taken to bring all of them.
void fill_from_json(const join_inputs& in, joined_credential& out) {
  const auto& variables = in.definition.variables;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const resolved_variable& json = out.variables[i];
    if (!variables[i].json || json.origin == value_origin::missing || find_unusable(out, i) != nullptr) continue;
    for (std::size_t k = 0; k < variables.size(); ++k) {
      resolved_variable& target = out.variables[k];
      const auto rule = variables[i].json->fills.find(variables[k].name);
      if (rule == variables[i].json->fills.end() || target.origin != value_origin::missing) continue;
      if (json.value.empty()) {
        target.origin = json.origin;
        continue;
      }
      secret value = variable_definition::json_member(json.value, rule->second);
      if (is_blank(value.reveal())) continue;
      target.origin = json.origin;
      target.value = out.joined.emplace_back(std::move(value)).reveal();
      check(in, target, out);
    }
  }
}

// The answer may outlive the sources.
void keep_names_of_sources(joined_credential& out) {
  for (resolved_variable& target : out.variables) {
    if (target.origin != value_origin::other) continue;
    target.origin = value_origin::named(out.joined.emplace_back(secret::copy_of(to_string(target.origin))).reveal());
  }
}

}  // namespace

void look(const join_inputs& in, instant now, joined_credential& out) {
  const auto& variables = in.definition.variables;
  out.variables.resize(variables.size());
  for (std::size_t i = 0; i < variables.size(); ++i) {
    out.variables[i].position = i;
    out.variables[i].names = &variables[i].handed_out_as;
  }
  fill_from_deploy_variables(in, out);
  fill_from_record(in, out);
  if (!in.profile.empty()) fill_from_profile(in, out);
  for (std::size_t i = 0; i < in.csp.required_names.size(); ++i) {
    const required_name& required = in.csp.required_names[i];
    if (required.export_as.empty()) continue;
    out.variables.push_back({variables.size() + i, &required.export_as, value_origin::missing, {}});
  }
  fill_from_sources(in, now, asked::those_at_hand, out);
  fill_from_json(in, out);
}

bool join(const join_inputs& in, instant now, joined_credential& out) {
  look(in, now, out);
  // A source that takes its time is not asked in vain.
  if (!is_complete(in.definition, out)) return false;
  const auto is_promised = [](const resolved_variable& v) {
    return v.origin != value_origin::missing && v.value.empty();
  };
  if (std::ranges::any_of(out.variables, is_promised)) {
    for (resolved_variable& target : out.variables) {
      if (target.value.empty()) target.origin = value_origin::missing;
    }
    fill_from_sources(in, now, asked::all, out);
    fill_from_json(in, out);
    if (!out.unusable.empty() || !shortages(in, out).empty()) return false;
  }
  keep_names_of_sources(out);
  return true;
}

bool is_complete(const credential_definition& definition, const joined_credential& looked) {
  const variable_set filled = filled_variables(definition, looked);
  return looked.unusable.empty() && (definition.required & ~filled) == 0 &&
         std::ranges::all_of(definition.one_of, [filled](variable_set set) { return (set & filled) != 0; });
}

bool is_mandatory(const credential_definition& definition, std::size_t position, const joined_credential& looked) {
  if (contains(definition.required, position)) return true;
  const variable_set others = filled_variables(definition, looked) & ~(variable_set{1} << position);
  return definition.variables[position].mandatory && std::ranges::any_of(definition.one_of, [&](variable_set set) {
           return contains(set, position) && (set & others) == 0;
         });
}

const unusable_value* find_unusable(const joined_credential& joined, std::size_t position) noexcept {
  const auto found = std::ranges::find(joined.unusable, position, &unusable_value::position);
  return found == joined.unusable.end() ? nullptr : &*found;
}

std::vector<std::string> unusable_values(const join_inputs& in, const joined_credential& joined) {
  std::vector<std::string> all;
  for (const resolved_variable& v : joined.variables) {
    if (const unusable_value* const found = find_unusable(joined, v.position)) {
      all.push_back(name_of(in, v.position) + " from " + std::string(to_string(v.origin)) + ": " + found->why);
    }
  }
  return all;
}

namespace {

value_origin promised_by(const join_inputs& in, std::size_t position) {
  for (const auto& source : in.sources) {
    const auto has = [&](const std::string& name) { return source->has(name); };
    if (std::ranges::any_of(names_of(in, position), has)) return source->origin();
  }
  return value_origin::missing;
}

// `wanted` has the variable, or all alternatives.
shortage shortage_of(const join_inputs& in, const joined_credential& joined, variable_set filled, variable_set wanted) {
  shortage lacking{{}, {}, value_origin::missing};
  for (std::size_t i = 0; i < in.definition.variables.size(); ++i) {
    if (!contains(wanted, i)) continue;
    lacking.names += (lacking.names.empty() ? "" : " or ") + name_of(in, i);
    if (lacking.source == value_origin::missing) lacking.source = promised_by(in, i);
  }
  for (const variable_set group : in.definition.together) {
    if ((wanted & ~group) != 0 || (group & filled) == 0) continue;
    const auto partner = static_cast<std::size_t>(std::countr_zero(group & filled));
    lacking.partner = name_of(in, partner);
    lacking.source = joined.variables[partner].origin;
  }
  return lacking;
}

}  // namespace

std::vector<shortage> shortages(const join_inputs& in, const joined_credential& joined) {
  const credential_definition& definition = in.definition;
  const variable_set filled = filled_variables(definition, joined);
  std::vector<shortage> all;
  for (const resolved_variable& v : joined.variables) {
    if (v.position >= definition.variables.size()) {
      if (v.origin == value_origin::missing) all.push_back({name_of(in, v.position), {}, promised_by(in, v.position)});
      continue;
    }
    const variable_set own = variable_set{1} << v.position;
    if ((definition.required & own & ~filled) != 0) all.push_back(shortage_of(in, joined, filled, own));
    for (const variable_set set : definition.one_of) {
      const bool begins_here = static_cast<std::size_t>(std::countr_zero(set)) == v.position;
      if (begins_here && (set & filled) == 0) all.push_back(shortage_of(in, joined, filled, set));
    }
  }
  return all;
}

}  // namespace credcache::inline v1
