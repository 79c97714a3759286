#include "credcache/credential_service.hpp"

#include <algorithm>
#include <utility>

#include "seal/associated_data.hpp"
#include "service/join.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {

std::size_t site_index(const csp_definition& csp, std::string_view site) noexcept {
  return static_cast<std::size_t>(std::find(csp.sites.begin(), csp.sites.end(), site) - csp.sites.begin());
}

failure no_such_site(const csp_definition& csp, std::string_view site) {
  return {error::capability_not_found,
          {csp.name + " has no site \"" + std::string(site) + "\"; its sites are " + enumerate(csp.sites) + "."},
          {}};
}

failure no_such_definition(const csp_definition& csp, credential_type type, std::string_view name) {
  std::vector<std::string> known;
  for (const credential_definition& d : csp.credentials) known.push_back(std::string(to_string(d.type)) + "/" + d.name);
  return {error::capability_not_found,
          {csp.name + " has no credential of type " + std::string(to_string(type)) +
           (name.empty() ? "" : " named \"" + std::string(name) + "\"") + "; it has " + enumerate(known) + "."},
          {}};
}

credential_service::state::state(std::shared_ptr<credential_cache> cache_of_services, const master_key& key,
                                 std::shared_ptr<const provider_catalog> shared_catalog,
                                 std::vector<std::unique_ptr<value_source>> value_sources, lifetime_limits life)
    : shared_cache(std::move(cache_of_services)),
      cache(&shared_cache->store()),
      catalog(std::move(shared_catalog)),
      sources(std::move(value_sources)),
      limits(life),
      crypt(key),
      key_id(key_id_of(key)),
      missing_requirements(catalog->csps().size()),
      definitions(catalog->definition_count()) {
  for (const csp_definition& csp : catalog->csps()) {
    for (const required_name& required : csp.required_names) {
      const bool has_value =
          std::any_of(sources.begin(), sources.end(), [&](const auto& source) { return source->has(required.name); });
      if (!has_value) missing_requirements[csp.index].push_back(required.name);
    }
    for (const credential_definition& d : csp.credentials) {
      indexed_definition& indexed = definitions[d.index];
      indexed.csp = &csp;
      indexed.definition = &d;
      std::vector<std::string> names;
      for (const variable_definition& v : d.variables) names.push_back(v.name);
      indexed.names = cache->intern_names(names);
      for (std::size_t i = 0; i < csp.sites.size(); ++i) {
        const credential_key key_at_site{csp.name, csp.sites[i], d.type, d.name, {}};
        indexed.slots.push_back(cache->intern(key_at_site));
        indexed.slot_fields.push_back(slot_fields(key_at_site, cache->names_of(indexed.names).hash));
        slots[indexed.slots.back()] = {d.index, i};
      }
    }
  }
}

auto credential_service::state::find_definition(slot_id slot) const noexcept -> const definition_at_site* {
  const auto found = slots.find(slot);
  return found == slots.end() ? nullptr : &found->second;
}

std::string_view credential_service::state::slot_fields_of(const entry_info& info, const definition_at_site* found) {
  if (found != nullptr && definitions[found->definition].names == info.names) {
    return definitions[found->definition].slot_fields[found->site];
  }
  other_slot_fields = slot_fields(cache->key_of(info.slot), cache->names_of(info.names).hash);
  return other_slot_fields;
}

std::string_view credential_service::state::associated_data(std::string_view slot_fields, owner_view owner,
                                                            wall_time deadline, std::uint64_t generation) {
  associated.assign(slot_fields);
  append_entry_fields(associated, owner, deadline, generation);
  return associated;
}

bool credential_service::state::open(const cached_entry& cached, std::string_view slot_fields, owner_view owner,
                                     secret_buffer& out) {
  const std::string_view sealed = cached.sealed.reveal();
  if (sealed.size() < cipher::overhead) return false;
  out.clear();
  char* const begin = out.extend(sealed.size() - cipher::overhead);
  const entry_info& info = cached.info;
  return crypt.open(bytes_of(sealed), associated_data(slot_fields, owner, info.wall_deadline, info.generation), begin);
}

result<void> credential_service::state::check_active(const csp_definition& csp) const {
  const auto& missing = missing_requirements[csp.index];
  if (missing.empty()) return {};
  return failure{error::csp_not_active,
                 {csp.name + " is not active: the daemon's environment lacks " + enumerate(missing) +
                  ". Set it where the daemon is started."},
                 {}};
}

credential_service::credential_service(std::shared_ptr<credential_cache> cache, std::shared_ptr<const master_key> key,
                                       std::shared_ptr<const provider_catalog> catalog,
                                       std::vector<std::unique_ptr<value_source>> sources, lifetime_limits limits)
    : state_(std::make_unique<state>(std::move(cache), *key, std::move(catalog), std::move(sources), limits)) {}

credential_service::~credential_service() = default;
credential_service::credential_service(credential_service&&) noexcept = default;
credential_service& credential_service::operator=(credential_service&&) noexcept = default;

const provider_catalog& credential_service::catalog() const noexcept {
  return *state_->catalog;
}

std::vector<std::string> credential_service::missing_requirements(const csp_definition& csp) const {
  return state_->missing_requirements[csp.index];
}

}  // namespace credcache::inline v1
