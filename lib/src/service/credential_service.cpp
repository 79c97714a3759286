#include "credcache/credential_service.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>

#include "seal/sealed_record.hpp"
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
  std::vector<csp_facts> new_csps(new_catalog->csps().size());
  std::vector<definition_facts> new_definitions(new_catalog->definition_count());
  std::unordered_map<slot_id, place> new_places;
  for (const csp_definition& csp : new_catalog->csps()) {
    for (const required_name& required : csp.required_names) {
      const bool there = std::any_of(new_sources.begin(), new_sources.end(),
                                     [&](const auto& from) { return from->has(required.name); });
      if (!there) new_csps[csp.index].missing_requirements.push_back(required.name);
    }
    for (const credential_definition& d : csp.credentials) {
      definition_facts& facts = new_definitions[d.index];
      facts.csp = &csp;
      facts.definition = &d;
      for (const variable_definition& v : d.variables) facts.ids.push_back(cache->intern_variable(v.name));
      for (std::size_t i = 0; i < csp.sites.size(); ++i) {
        const credential_key key{csp.name, csp.sites[i], d.type, d.name};
        facts.slots.push_back(cache->intern(key));
        facts.associated.push_back(associated_part(key));
        new_places[facts.slots.back()] = {d.index, i};
      }
    }
  }
  catalog = std::move(new_catalog);
  sources = std::move(new_sources);
  csps = std::move(new_csps);
  definitions = std::move(new_definitions);
  places = std::move(new_places);
}

std::string_view credential_service::state::associated_data(std::string_view slot_part, owner_view who,
                                                            time_point deadline) {
  const auto ticks = deadline.time_since_epoch().count();
  char bytes[sizeof ticks];
  std::memcpy(bytes, &ticks, sizeof ticks);
  constexpr std::size_t block = 16;
  associated.assign(slot_part);
  associated += who.kind == owner_kind::isv ? 'i' : 'u';
  associated += who.name;
  // At least one zero closes the name, and whole AES blocks are authenticated the short way.
  associated.append(block - (associated.size() + sizeof bytes) % block, '\0');
  associated.append(bytes, sizeof bytes);
  return associated;
}

bool credential_service::state::open(const cached_entry& from, std::string_view slot_part, owner_view who,
                                     secret_buffer& out) {
  const std::string_view sealed = from.sealed.reveal();
  if (sealed.size() < cipher::overhead) return false;
  out.clear();
  char* const begin = out.extend(sealed.size() - cipher::overhead);
  return crypt.open({reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size()},
                    associated_data(slot_part, who, from.info.deadline), begin);
}

result<void> credential_service::state::check_active(const csp_definition& csp) const {
  const auto& missing = csps[csp.index].missing_requirements;
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
  return state_->csps[csp.index].missing_requirements;
}

std::vector<listed_credential> credential_service::list(owner_view who, instant now) {
  using order = std::tuple<std::size_t, std::size_t, std::size_t>;
  std::vector<std::pair<order, listed_credential>> found;
  for (const cached_entry& entry : state_->cache->entries_of(who, now.boot)) {
    listed_credential item;
    item.key = state_->cache->key_of(entry.info.slot);
    item.time_to_live = std::chrono::seconds{entry.info.time_to_live};
    item.created = entry.info.created;
    item.deadline = entry.info.deadline;
    item.reads = entry.info.reads;
    if (entry.info.reads != 0) item.last_read = entry.info.last_read;

    const auto place = state_->places.find(entry.info.slot);
    order at{state_->csps.size(), 0, entry.info.slot};  // definitions that are gone come last
    const cleared_at_the_end plaintext(state_->record);
    if (state_->open(entry, associated_part(item.key), who, state_->record)) {
      record_reader reader(state_->record.reveal());
      item.description = secret::copy_of(reader.description());
      secret_buffer all;
      record_item value;
      while (reader.next(value)) {
        all.append(value.value);
        all.push_back('\0');
        if (place == state_->places.end()) continue;
        const auto& facts = state_->definitions[place->second.definition];
        const auto id = std::find(facts.ids.begin(), facts.ids.end(), value.id);
        if (id == facts.ids.end()) continue;
        const auto index = static_cast<std::size_t>(id - facts.ids.begin());
        const bool sensitive = value.sensitive || facts.definition->variables[index].sensitive;
        item.variables.push_back({index, sensitive, sensitive ? secret() : secret::copy_of(value.value),
                                  state_->crypt.fingerprint(value.value)});
      }
      item.fingerprint = state_->crypt.fingerprint(all.reveal());
    }
    if (place != state_->places.end()) {
      at = {state_->definitions[place->second.definition].csp->index, place->second.site, place->second.definition};
    }
    found.emplace_back(at, std::move(item));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<listed_credential> list;
  for (auto& [at, item] : found) list.push_back(std::move(item));
  return list;
}

std::vector<slot_id> credential_service::slots_of(owner_view owner, instant now) const {
  std::vector<slot_id> s;
  for (const auto& e : state_->cache->entries_of(owner, now.boot)) s.push_back(e.info.slot);
  return s;
}
credential_key credential_service::key_of(slot_id slot) const { return state_->cache->key_of(slot); }
std::optional<listed_credential> credential_service::describe(owner_view owner, slot_id slot, instant now) {
  const auto key = key_of(slot);
  for (auto& l : list(owner, now)) if (l.key == key) return std::move(l);
  return std::nullopt;
}
bool credential_service::remove(owner_view owner, slot_id slot, instant now) { return state_->cache->remove(owner, slot, now.boot); }

std::vector<credential_key> credential_service::remove(owner_view who, const removal& what, instant now) {
  std::vector<std::pair<slot_id, credential_key>> meant;
  for (const cached_entry& entry : state_->cache->entries_of(who, now.boot)) {
    credential_key key = state_->cache->key_of(entry.info.slot);
    if ((!what.csp || *what.csp == key.csp) && (!what.site || *what.site == key.site) &&
        (!what.type || *what.type == key.type) && (!what.name || *what.name == key.name))
      meant.emplace_back(entry.info.slot, std::move(key));
  }
  std::vector<credential_key> removed;
  removed.reserve(meant.size());  // from here on nothing needs memory: all of them go or none
  for (auto& [slot, key] : meant) {
    if (state_->cache->remove(who, slot, now.boot)) removed.push_back(std::move(key));
  }
  return removed;
}

}  // namespace credcache
