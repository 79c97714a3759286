#include "credcache/credential_service.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "service/join.hpp"
#include "service/service_state.hpp"

namespace credcache {

std::string associated_part(const credential_key& key) {
  std::string part;
  for (const std::string_view piece :
       {std::string_view(key.csp), std::string_view(key.site), to_string(key.type), std::string_view(key.name)}) {
    part += piece;
    part += '\0';
  }
  return part;
}

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

void credential_service::state::load(std::shared_ptr<const provider_catalog> new_catalog,
                                     std::vector<std::unique_ptr<value_source>> new_sources) {
  std::vector<std::vector<std::string>> new_missing_requirements(new_catalog->csps().size());
  std::vector<indexed_definition> new_definitions(new_catalog->definition_count());
  std::unordered_map<slot_id, definition_at_site> new_slots;
  for (const csp_definition& csp : new_catalog->csps()) {
    for (const required_name& required : csp.required_names) {
      const bool has_value = std::any_of(new_sources.begin(), new_sources.end(),
                                         [&](const auto& source) { return source->has(required.name); });
      if (!has_value) new_missing_requirements[csp.index].push_back(required.name);
    }
    for (const credential_definition& d : csp.credentials) {
      indexed_definition& indexed = new_definitions[d.index];
      indexed.csp = &csp;
      indexed.definition = &d;
      for (const variable_definition& v : d.variables) indexed.ids.push_back(cache->intern_variable(v.name));
      for (std::size_t i = 0; i < csp.sites.size(); ++i) {
        const credential_key key{csp.name, csp.sites[i], d.type, d.name};
        indexed.slots.push_back(cache->intern(key));
        indexed.associated.push_back(associated_part(key));
        new_slots[indexed.slots.back()] = {d.index, i};
      }
    }
  }
  catalog = std::move(new_catalog);
  sources = std::move(new_sources);
  missing_requirements = std::move(new_missing_requirements);
  definitions = std::move(new_definitions);
  slots = std::move(new_slots);
}

auto credential_service::state::find_definition(slot_id slot) const noexcept -> const definition_at_site* {
  const auto found = slots.find(slot);
  return found == slots.end() ? nullptr : &found->second;
}

std::string_view credential_service::state::associated_data(std::string_view slot_part, owner_view owner,
                                                            time_point deadline) {
  const auto ticks = deadline.time_since_epoch().count();
  char bytes[sizeof ticks];
  std::memcpy(bytes, &ticks, sizeof ticks);
  constexpr std::size_t block = 16;
  associated.assign(slot_part);
  associated += owner.kind == owner_kind::isv ? 'i' : 'u';
  associated += owner.name;
  // At least one zero closes the name, and whole AES blocks are authenticated the short way.
  associated.append(block - (associated.size() + sizeof bytes) % block, '\0');
  associated.append(bytes, sizeof bytes);
  return associated;
}

bool credential_service::state::open(const cached_entry& cached, std::string_view slot_part, owner_view owner,
                                     secret_buffer& out) {
  const std::string_view sealed = cached.sealed.reveal();
  if (sealed.size() < cipher::overhead) return false;
  out.clear();
  char* const begin = out.extend(sealed.size() - cipher::overhead);
  return crypt.open({reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size()},
                    associated_data(slot_part, owner, cached.info.deadline), begin);
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
    : state_(std::make_unique<state>(std::move(cache), *key, limits)) {
  state_->load(std::move(catalog), std::move(sources));
}

credential_service::~credential_service() = default;
credential_service::credential_service(credential_service&&) noexcept = default;

void credential_service::reload(std::shared_ptr<const provider_catalog> catalog,
                                std::vector<std::unique_ptr<value_source>> sources) {
  state_->load(std::move(catalog), std::move(sources));
}

const provider_catalog& credential_service::catalog() const noexcept {
  return *state_->catalog;
}

std::vector<std::string> credential_service::missing_requirements(const csp_definition& csp) const {
  return state_->missing_requirements[csp.index];
}

}  // namespace credcache
