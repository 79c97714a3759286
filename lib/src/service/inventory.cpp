// credential_service: what an owner has, one by one and masked, and its removal.
#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.hpp"
#include "base/wiped_stack.hpp"
#include "seal/sealed_record.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {
namespace {

failure has_gone() {
  return {error::credentials_not_found, {"The credential is not cached any more."}};
}

template <class Selects>
std::vector<credential_key> remove_selected(const credential_service::state& s, owner_view owner, instant now,
                                            Selects selects) {
  std::vector<entry_key> selected = s.cache->keys_of(owner, now.boot);
  std::map<entry_key, credential_key> keys;  // read before anything is removed: a failure removes nothing
  for (const entry_key& entry : selected) {
    credential_key key = s.key_of(entry);
    if (selects(key)) keys.emplace(entry, std::move(key));
  }
  std::erase_if(selected, [&](const entry_key& entry) { return !keys.contains(entry); });
  std::vector<credential_key> removed;
  removed.reserve(selected.size());
  for (const entry_key& entry : s.cache->remove_each(owner, std::move(selected), now.boot)) {
    removed.push_back(std::move(keys.find(entry)->second));
  }
  return removed;
}

bool has_site(const csp_definition& csp, const removal& selection) {
  return !selection.site || site_index(csp, *selection.site) != csp.sites.size();
}

bool has_definition(const csp_definition& csp, const removal& selection) {
  return std::ranges::any_of(csp.credentials, [&](const credential_definition& d) {
    return d.type == selection.type.value_or(d.type) && d.name == selection.name.value_or(d.name);
  });
}

// Whether the catalog has what a removal names; else what it has not.
result<void> check_known(const credential_service::state& s, const removal& selection) {
  const std::string name = selection.name.value_or("");
  if (selection.csp) {
    const auto csp = s.find_csp(*selection.csp);
    if (!csp) return csp.error();
    if (!has_site(**csp, selection)) return no_such_site(**csp, *selection.site);
    if (!has_definition(**csp, selection)) return no_such_definition(**csp, selection.type, name);
    return {};
  }
  const bool known = std::ranges::any_of(s.catalog->csps(), [&](const csp_definition& csp) {
    return has_site(csp, selection) && has_definition(csp, selection);
  });
  if (known) return {};
  std::string wanted = "credential";
  if (selection.type) wanted += " of type " + std::string(to_string(*selection.type));
  if (selection.name) wanted += " named " + shown(name);
  if (selection.site) wanted += " at a site " + shown(*selection.site);
  return failure{error::capability_not_found, {"No csp has a " + wanted + ", and nothing like it is cached."}};
}

}  // namespace

bool removal::selects(const credential_key& key) const noexcept {
  return (!csp || equal_ignoring_case(*csp, key.csp)) && (!site || *site == key.site) && (!type || *type == key.type) &&
         (!name || *name == key.name) && (!profile || *profile == key.profile);
}

result<std::vector<credential_key>> credential_service::keys_of(owner_view owner, instant now) const {
  const state& s = *state_;
  if (!is_valid(owner)) return invalid_owner(owner);
  std::vector<entry_key> entries = s.cache->keys_of(owner, now.boot);
  using place = std::tuple<std::size_t, std::size_t, std::size_t, bool, std::size_t>;
  std::vector<std::pair<place, const entry_key*>> placed;
  placed.reserve(entries.size());
  for (const entry_key& entry : entries) {
    const auto* const found = s.find_definition(entry.slot);
    const bool gone = found == nullptr;
    placed.emplace_back(
        place(gone ? s.catalog->csps().size() : s.definitions[found->definition].csp->index, gone ? 0 : found->site,
              gone ? entry.slot : found->definition, !entry.profile.empty(), placed.size()),
        &entry);
  }
  std::ranges::sort(placed);
  std::vector<credential_key> keys;
  keys.reserve(entries.size());
  for (const auto& [where, entry] : placed) keys.push_back(s.key_of(*entry));
  return keys;
}

std::vector<owner> credential_service::owners_in(std::size_t shard, instant now) const {
  std::vector<owner> owners;
  state_->cache->for_each(shard, now.boot, [&](const entry_view& entry) {
    owners.push_back({entry.owner.kind, std::string(entry.owner.name)});
  });
  std::ranges::sort(owners);
  owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
  return owners;
}

result<listed_credential> credential_service::describe(owner_view owner, const credential_key& key, instant now) {
  state& s = *state_;
  if (!is_valid(owner)) return invalid_owner(owner);
  const auto slot = s.cache->find_slot(key);
  if (!slot || !s.cache->get(owner, {*slot, key.profile}, now.boot, s.entry, false)) return has_gone();
  const entry_info& info = s.entry.info;
  listed_credential listed;
  listed.key = key;
  listed.time_to_live = std::chrono::seconds{info.time_to_live};
  listed.created = info.created;
  listed.deadline = info.deadline;
  listed.reads = info.reads;
  if (info.reads != 0) listed.last_read = info.last_read;

  const cleared_at_the_end ciphertext(s.entry.sealed);
  const cleared_at_the_end plaintext(s.record);
  const stack_wiped_at_the_end leftovers;
  const auto* const found = s.find_definition(*slot);
  if (!s.open(s.entry, s.slot_fields_of(info, key.profile, found), owner, s.record)) return listed;
  record_reader record(s.record.reveal());
  listed.description = secret::copy_of(record.description());
  secret_buffer all_values;
  record_item item;
  for (const std::string& name : s.cache->names_of(info.names).names) {
    if (!record.next(item)) break;
    if (item.value.empty()) continue;
    all_values.append(item.value);
    all_values.push_back('\0');
    if (found == nullptr) continue;
    const auto& variables = s.definitions[found->definition].definition->variables;
    const auto variable = std::ranges::find(variables, name, &variable_definition::name);
    if (variable == variables.end()) continue;  // the definition has lost it since
    const bool sensitive = item.sensitive || variable->sensitive;
    listed.variables.push_back({static_cast<std::size_t>(variable - variables.begin()), sensitive,
                                sensitive ? secret() : secret::copy_of(item.value),
                                s.crypt.fingerprint(owner, item.value)});
  }
  listed.fingerprint = s.crypt.fingerprint(owner, all_values.reveal());
  return listed;
}

result<std::vector<listed_credential>> credential_service::list(owner_view owner, instant now) {
  const auto keys = keys_of(owner, now);
  if (!keys) return keys.error();
  std::vector<listed_credential> listed;
  for (const credential_key& key : *keys) {
    if (auto credential = describe(owner, key, now)) listed.push_back(*std::move(credential));
  }
  return listed;
}

result<void> credential_service::remove_one(owner_view owner, const credential_key& key, instant now) {
  if (!is_valid(owner)) return invalid_owner(owner);
  const auto slot = state_->cache->find_slot(key);
  if (!slot || !state_->cache->remove(owner, {*slot, key.profile}, now.boot)) return has_gone();
  return {};
}

result<std::vector<credential_key>> credential_service::remove(owner_view owner, const removal& selection,
                                                               instant now) {
  const state& s = *state_;
  if (!is_valid(owner)) return invalid_owner(owner);
  if (selection.empty()) {
    return failure{error::empty_removal,
                   {"The removal names nothing; expected a csp, a site, a type or a name. Everything of an owner goes "
                    "by a call of its own."}};
  }
  removal named = selection;
  const csp_definition* const csp = selection.csp ? s.catalog->find_csp(*selection.csp) : nullptr;
  if (csp != nullptr) named.csp = csp->name;
  auto removed = remove_selected(s, owner, now, [&](const credential_key& key) { return named.selects(key); });
  if (removed.empty()) {
    if (auto unknown = check_known(s, selection); !unknown) return unknown.error();
  }
  return removed;
}

result<std::vector<credential_key>> credential_service::remove_all(owner_view owner, instant now) {
  if (!is_valid(owner)) return invalid_owner(owner);
  return remove_selected(*state_, owner, now, [](const credential_key&) { return true; });
}

}  // namespace credcache::inline v1
