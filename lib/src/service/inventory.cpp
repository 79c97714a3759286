// credential_service: what an owner has, one by one and masked, and its removal.
#include <algorithm>
#include <map>
#include <tuple>

#include "seal/sealed_record.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {
namespace {

bool selects(const removal& selection, const credential_key& key) {
  return (!selection.csp || *selection.csp == key.csp) && (!selection.site || *selection.site == key.site) &&
         (!selection.type || *selection.type == key.type) && (!selection.name || *selection.name == key.name);
}

// Parsers and hash functions leave pieces of values on the stack.
struct stack_wiped_at_the_end {
  stack_wiped_at_the_end() = default;
  stack_wiped_at_the_end(const stack_wiped_at_the_end&) = delete;
  stack_wiped_at_the_end& operator=(const stack_wiped_at_the_end&) = delete;
  ~stack_wiped_at_the_end() { wipe_stack(); }
};

}  // namespace

std::vector<slot_id> credential_service::slots_of(owner_view owner, instant now) const {
  const state& s = *state_;
  std::vector<slot_id> slots = s.cache->slots_of(owner, now.boot);
  const auto order = [&](slot_id slot) {
    const auto* const found = s.find_definition(slot);
    if (found == nullptr) return std::tuple(s.catalog->csps().size(), std::size_t{0}, std::size_t{slot});
    return std::tuple(s.definitions[found->definition].csp->index, found->site, found->definition);
  };
  std::sort(slots.begin(), slots.end(), [&](slot_id a, slot_id b) { return order(a) < order(b); });
  return slots;
}

credential_key credential_service::key_of(slot_id slot) const {
  return state_->cache->key_of(slot);
}

std::optional<listed_credential> credential_service::describe(owner_view owner, slot_id slot, instant now) {
  state& s = *state_;
  if (!s.cache->get(owner, slot, now.boot, s.entry, false)) return std::nullopt;
  const entry_info& info = s.entry.info;
  listed_credential listed;
  listed.key = s.cache->key_of(slot);
  listed.time_to_live = std::chrono::seconds{info.time_to_live};
  listed.created = info.created;
  listed.deadline = info.deadline;
  listed.reads = info.reads;
  if (info.reads != 0) listed.last_read = info.last_read;

  const cleared_at_the_end ciphertext(s.entry.sealed);
  const cleared_at_the_end plaintext(s.record);
  const stack_wiped_at_the_end leftovers;
  const auto* const found = s.find_definition(slot);
  if (!s.open(s.entry, s.slot_fields_of(info, found), owner, s.record)) return listed;
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
                                sensitive ? secret() : secret::copy_of(item.value), s.crypt.fingerprint(item.value)});
  }
  listed.fingerprint = s.crypt.fingerprint(all_values.reveal());
  return listed;
}

std::vector<listed_credential> credential_service::list(owner_view owner, instant now) {
  std::vector<listed_credential> listed;
  for (const slot_id slot : slots_of(owner, now)) {
    if (auto credential = describe(owner, slot, now)) listed.push_back(*std::move(credential));
  }
  return listed;
}

bool credential_service::remove(owner_view owner, slot_id slot, instant now) {
  return state_->cache->remove(owner, slot, now.boot);
}

std::vector<credential_key> credential_service::remove(owner_view owner, const removal& selection, instant now) {
  entry_store& cache = *state_->cache;
  std::vector<slot_id> selected = cache.slots_of(owner, now.boot);
  std::map<slot_id, credential_key> keys;  // read before anything is removed: a failure removes nothing
  for (const slot_id slot : selected) {
    credential_key key = cache.key_of(slot);
    if (selects(selection, key)) keys.emplace(slot, std::move(key));
  }
  std::erase_if(selected, [&](slot_id slot) { return !keys.contains(slot); });
  std::vector<credential_key> removed;
  removed.reserve(selected.size());
  for (const slot_id slot : cache.remove_each(owner, std::move(selected), now.boot)) {
    removed.push_back(std::move(keys.find(slot)->second));
  }
  return removed;
}

}  // namespace credcache::inline v1
