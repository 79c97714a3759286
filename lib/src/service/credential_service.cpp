#include "credcache/credential_service.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

#include "base/spelling.hpp"
#include "seal/associated_data.hpp"
#include "service/join.hpp"
#include "service/not_null.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {

std::size_t site_index(const csp_definition& csp, std::string_view site) noexcept {
  return static_cast<std::size_t>(std::find(csp.sites.begin(), csp.sites.end(), site) - csp.sites.begin());
}

failure invalid_owner(owner_view owner) {
  return {error::invalid_owner,
          {(owner.name.empty() ? "The owner has no name"
                               : "The owner's name has " + std::to_string(owner.name.size()) + " bytes") +
           "; expected 1 to 65,535 bytes."}};
}

failure no_such_site(const csp_definition& csp, std::string_view site) {
  return {error::capability_not_found,
          {csp.name + " has no site " + shown(site) + "; its sites are " + enumerate(csp.sites) + "." +
           did_you_mean(site, csp.sites)}};
}

failure no_such_definition(const csp_definition& csp, std::optional<credential_type> type, std::string_view name) {
  std::vector<std::string> known;
  std::vector<std::string_view> names;
  for (const credential_definition& d : csp.credentials) {
    known.push_back(std::string(to_string(d.type)) + "/" + d.name);
    if ((!type || d.type == *type) && d.name != name) names.emplace_back(d.name);
  }
  return {error::capability_not_found,
          {csp.name + " has no credential" + (type ? " of type " + std::string(to_string(*type)) : "") +
           (name.empty() ? "" : " named " + shown(name)) + "; it has " + enumerate(known) + "." +
           did_you_mean(name, names)}};
}

credential_service::state::state(std::shared_ptr<credential_cache> cache_of_services, const master_key& key,
                                 std::shared_ptr<const provider_catalog> shared_catalog,
                                 std::vector<std::unique_ptr<value_source>> value_sources, lifetime_limits life)
    : shared_cache(std::move(cache_of_services)),
      cache(&shared_cache->store()),
      sources(std::move(value_sources)),
      limits(life),
      crypt(key),
      key_id(key_id_of(key)),
      missing_requirements(shared_catalog->csps().size()),
      definitions(shared_catalog->definition_count()) {
  // Every resolution counts itself in and out. Over one counter for all services their threads would meet.
  const auto own = std::make_shared<const std::shared_ptr<const provider_catalog>>(std::move(shared_catalog));
  catalog = {own, own->get()};
  for (const auto& source : sources) (void)not_null(source.get(), "credential_service: value source");
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

credential_key credential_service::state::key_of(const entry_key& named) const {
  credential_key key = cache->key_of(named.slot);
  key.profile = named.profile;
  return key;
}

std::string_view credential_service::state::slot_fields_of(const entry_info& info, std::string_view profile,
                                                           const definition_at_site* found) {
  if (profile.empty() && found != nullptr && definitions[found->definition].names == info.names) {
    return definitions[found->definition].slot_fields[found->site];
  }
  other_slot_fields = slot_fields({cache->key_of(info.slot), profile}, cache->names_of(info.names).hash);
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

result<const csp_definition*> credential_service::state::find_csp(std::string_view name) const {
  if (const csp_definition* const csp = catalog->find_csp(name)) return csp;
  std::vector<std::string> known;
  for (const csp_definition& csp : catalog->csps()) known.push_back(csp.name);
  return failure{error::unknown_csp,
                 {(name.empty() ? "No csp was named" : "There is no csp " + shown(name)) +
                  (known.empty() ? "; the catalog is empty." : "; expected one of " + enumerate(known) + ".")}};
}

bool credential_service::state::owns(const csp_definition* csp) const noexcept {
  const auto csps = catalog->csps();
  return std::greater_equal<>{}(csp, csps.data()) && std::less<>{}(csp, csps.data() + csps.size());
}

result<void> credential_service::state::check_active(const csp_definition& csp) const {
  const auto& missing = missing_requirements[csp.index];
  if (missing.empty()) return {};
  return failure{error::csp_not_active, {csp.name + " is not active: no value source has " + enumerate(missing) + "."}};
}

credential_service::credential_service(std::shared_ptr<credential_cache> cache, std::shared_ptr<const master_key> key,
                                       std::shared_ptr<const provider_catalog> catalog,
                                       std::vector<std::unique_ptr<value_source>> sources, lifetime_limits limits)
    : state_(std::make_unique<state>(
          not_null(std::move(cache), "credential_service: cache"), *not_null(key, "credential_service: key"),
          not_null(std::move(catalog), "credential_service: catalog"), std::move(sources), limits)) {}

credential_service::~credential_service() = default;
credential_service::credential_service(credential_service&&) noexcept = default;
credential_service& credential_service::operator=(credential_service&&) noexcept = default;

const provider_catalog& credential_service::catalog() const noexcept {
  return *state_->catalog;
}

std::vector<std::string> credential_service::missing_requirements(const csp_definition& csp) const {
  if (!state_->owns(&csp)) throw std::invalid_argument("credential_service: found a csp of another catalog");
  return state_->missing_requirements[csp.index];
}

result<void> credential_service::check_active(const csp_definition& csp) const {
  return state_->check_active(csp);
}

}  // namespace credcache::inline v1
