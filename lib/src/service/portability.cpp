// credential_service: the portable form of what is cached, out and in.
#include <map>
#include <set>

#include "base/profile.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {

secret_buffer credential_service::export_shard(std::size_t shard, instant now) const {
  const state& s = *state_;
  secret_buffer out;
  std::set<names_id> written;
  s.cache->for_each(shard, now.boot, [&](const entry_view& entry) {
    const name_list& list = s.cache->names_of(entry.info.names);
    if (written.insert(entry.info.names).second) append_names(out, list.names);
    std::string associated = slot_fields({s.cache->key_of(entry.info.slot), entry.profile}, list.hash);
    append_entry_fields(associated, entry.owner, entry.info.wall_deadline, entry.info.generation);
    append_record(out, s.key_id, associated, entry.sealed);
  });
  return out;
}

import_report credential_service::import_records(std::string_view portable, instant now) {
  state& s = *state_;
  import_report report;
  std::map<name_list_hash, std::vector<std::string>> lists;  // interned when a record that has one is authentic
  while (!portable.empty()) {
    const auto item = take_item(portable);
    if (!item) {  // what follows cannot be told apart any more
      ++report.refused;
      break;
    }
    if (item->kind == portable_kind::names) {
      if (auto names = read_names(item->payload)) {
        const auto hash = hash_of_names(*names);
        lists.emplace(hash, *std::move(names));
      }
      continue;
    }
    const auto record = read_record(item->payload, s.key_id);
    const auto binding = record ? read_associated_data(record->associated_data) : std::nullopt;
    const auto list = binding && is_valid(binding->owner) && complaint_about_profile(binding->key.profile).empty()
                          ? lists.find(binding->names)
                          : lists.end();
    if (list == lists.end()) {
      ++report.refused;
      continue;
    }
    if (binding->deadline <= now.wall) {
      ++report.expired;
      continue;
    }
    const cleared_at_the_end plaintext(s.record);
    char* const begin = s.record.extend(record->sealed.size() - cipher::overhead);
    if (!s.crypt.open(bytes_of(record->sealed), record->associated_data, begin) ||
        binding->deadline - now.wall > s.limits.longest) {
      ++report.refused;
      continue;
    }
    const time_point deadline = now.deadline_of(binding->deadline);
    const entry_terms terms{.deadline = deadline,
                            .time_to_live = std::chrono::ceil<std::chrono::seconds>(deadline - now.boot),
                            .wall_deadline = binding->deadline,
                            .generation = binding->generation,
                            .names = s.cache->intern_names(list->second)};
    const entry_key key(s.cache->intern(binding->key), binding->key.profile);
    switch (s.cache->take_in(binding->owner, key, record->sealed, terms, now.boot)) {
      case put_outcome::added:
      case put_outcome::replaced:
        ++report.taken_in;
        break;
      case put_outcome::outdated:
        ++report.outdated;
        break;
      case put_outcome::owner_full:
      case put_outcome::cache_full:
      case put_outcome::present:  // not asked for: records replace what is earlier
        ++report.refused;
    }
  }
  return report;
}

}  // namespace credcache::inline v1
