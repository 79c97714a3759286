#include "cache/entry_store.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "cache/cache_shard.hpp"
#include "seal/associated_data.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::size_t shard_count = credential_cache::shards;  // at a million entries a table holds four thousand
constexpr std::size_t cache_line = 64;

std::int64_t ticks(time_point t) noexcept {
  return t.time_since_epoch().count();
}

// Owners are named by peers that the access rules trust to name them, so the hash need not withstand an enemy.
std::uint64_t hash_of(owner_view owner) noexcept {
  std::uint64_t h = std::hash<std::string_view>{}(owner.name) + static_cast<std::uint64_t>(owner.kind);
  h ^= h >> 32;
  h *= 0xD6E8FEB86659FD93;
  return h ^ (h >> 32);
}

// Counts `amount` in if that stays within `limit`; taking nothing always does.
bool take(std::atomic<std::size_t>& counter, std::size_t amount, std::size_t limit) noexcept {
  std::size_t known = counter.load();
  do {
    if (amount > limit - known) return false;
  } while (!counter.compare_exchange_weak(known, known + amount));
  return true;
}

std::uint32_t short_hash(std::uint64_t hash) noexcept {
  return static_cast<std::uint32_t>(hash);
}

}  // namespace

struct alignas(cache_line) entry_store::guarded_shard {
  mutable std::mutex mutex;
  cache_shard entries;                                          // guarded by mutex
  std::uint64_t latest_generation = 0;                          // guarded by mutex
  std::atomic<std::int64_t> next_deadline{cache_shard::never};  // written under mutex, read by anyone

  // In one order with `earliest_`, see lower_earliest().
  void publish_deadline() noexcept { next_deadline.store(entries.next_deadline()); }
};

struct entry_store::interned {
  mutable std::mutex mutex;
  std::map<credential_key, slot_id> slots;
  std::map<name_list_hash, names_id> lists_by_hash;
  // A deque grows without moving what it holds.
  std::deque<credential_key> keys;
  std::deque<name_list> lists;
};

entry_store::entry_store(cache_limits limits, std::shared_ptr<observer> heard_by)
    : limits_(limits),
      observer_(std::move(heard_by)),
      shards_(std::make_unique<guarded_shard[]>(shard_count)),
      interned_(std::make_unique<interned>()),
      earliest_(cache_shard::never) {}

entry_store::~entry_store() = default;

slot_id entry_store::intern(credential_key key) {
  key.profile.clear();
  const std::lock_guard hold(interned_->mutex);
  const auto [number, added] = interned_->slots.try_emplace(key, static_cast<slot_id>(interned_->keys.size()));
  if (added) {
    try {
      interned_->keys.push_back(std::move(key));
    } catch (...) {
      interned_->slots.erase(number);
      throw;
    }
  }
  return number->second;
}

std::optional<slot_id> entry_store::find_slot(credential_key key) const {
  key.profile.clear();
  const std::lock_guard hold(interned_->mutex);
  const auto found = interned_->slots.find(key);
  return found == interned_->slots.end() ? std::nullopt : std::optional(found->second);
}

const credential_key& entry_store::key_of(slot_id slot) const {
  const std::lock_guard hold(interned_->mutex);
  return interned_->keys.at(slot);
}

names_id entry_store::intern_names(const std::vector<std::string>& names) {
  name_list list{names, hash_of_names(names)};
  const std::lock_guard hold(interned_->mutex);
  const auto [number, added] =
      interned_->lists_by_hash.try_emplace(list.hash, static_cast<names_id>(interned_->lists.size()));
  if (added) {
    try {
      if (number->second > cache_entry::last_names)
        throw std::length_error("found more lists of names than entries can tell apart");
      interned_->lists.push_back(std::move(list));
    } catch (...) {
      interned_->lists_by_hash.erase(number);
      throw;
    }
  }
  return number->second;
}

const name_list& entry_store::names_of(names_id names) const {
  const std::lock_guard hold(interned_->mutex);
  return interned_->lists.at(names);
}

entry_store::guarded_shard& entry_store::shard_for(std::uint64_t hash) const noexcept {
  return shards_[hash >> 56];
}

bool entry_store::reserve(std::size_t entries, std::size_t bytes) noexcept {
  if (!take(entries_, entries, limits_.entries)) return false;
  if (take(bytes_, bytes, limits_.bytes)) return true;
  release(entries, 0);
  return false;
}

void entry_store::release(std::size_t entries, std::size_t bytes) noexcept {
  entries_.fetch_sub(entries);
  bytes_.fetch_sub(bytes);
}

put_outcome entry_store::put(owner_view owner, entry_key_view key, std::string_view sealed, const entry_terms& terms,
                             time_point now) {
  return store(owner, key, sealed, terms, now, false);
}

put_outcome entry_store::take_in(owner_view owner, entry_key_view key, std::string_view sealed,
                                 const entry_terms& terms, time_point now) {
  std::uint64_t known = generation_.load();
  while (known < terms.generation && !generation_.compare_exchange_weak(known, terms.generation)) {
  }
  return store(owner, key, sealed, terms, now, true);
}

put_outcome entry_store::store(owner_view owner, entry_key_view key, std::string_view sealed, const entry_terms& terms,
                               time_point now, bool taken_in) {
  const auto wall_deadline = static_cast<std::uint64_t>(terms.wall_deadline.time_since_epoch().count());
  if (terms.generation > latest_generation || wall_deadline > latest_deadline) {
    throw std::length_error("found a generation or a deadline that no entry can have");
  }
  const std::uint64_t hash = hash_of(owner);
  entry_ptr entry = make_entry(owner, key, sealed);
  entry->owner_hash = short_hash(hash);
  entry->names = terms.names & cache_entry::last_names;
  entry->generation = terms.generation & latest_generation;
  entry->deadline = ticks(terms.deadline);
  entry->wall_deadline = wall_deadline & latest_deadline;
  entry->time_to_live = static_cast<std::uint32_t>(terms.time_to_live.count());

  // A replacement needs room for its growth only: it succeeds in a full cache.
  const std::size_t size = entry->size();
  if (size > limits_.bytes) return put_outcome::cache_full;  // whatever gave way to it
  guarded_shard& shard = shard_for(hash);
  for (;;) {
    std::optional<put_outcome> outcome;
    entry_ptr replaced;  // wiped after the lock is released
    {
      const std::lock_guard hold(shard.mutex);
      const cache_entry* const old = terms.only_new ? shard.entries.find(owner, short_hash(hash), key) : nullptr;
      if (old != nullptr && old->deadline > ticks(now)) return put_outcome::present;
      const auto [old_size, old_generation, others] = shard.entries.count_of(owner, short_hash(hash), key, ticks(now));
      const std::uint64_t latest = taken_in ? old_generation : shard.latest_generation;
      if (terms.generation <= latest) return put_outcome::outdated;
      if (others >= limits_.entries_per_owner) return put_outcome::owner_full;
      const std::size_t more_entries = old_size == 0 ? 1 : 0;
      const std::size_t more_bytes = size > old_size ? size - old_size : 0;
      if (reserve(more_entries, more_bytes)) {
        try {
          replaced = shard.entries.insert(std::move(entry), ticks(now));
        } catch (...) {
          release(more_entries, more_bytes);
          throw;
        }
        shard.latest_generation = std::max(shard.latest_generation, terms.generation);
        shard.publish_deadline();
        outcome = replaced && replaced->deadline > ticks(now) ? put_outcome::replaced : put_outcome::added;
      }
    }
    if (outcome) {
      if (replaced && replaced->size() > size) release(0, replaced->size() - size);
      if (replaced && *outcome == put_outcome::added && observer_)
        observer_->expired(owner, {key_of(key.slot), key.profile});
      lower_earliest(terms.deadline);
      return *outcome;
    }
    const bool made_room =
        sweep(now, 1) != 0 || (limits_.eviction == eviction_policy::soonest_expiry && evict_soonest());
    if (!made_room) return put_outcome::cache_full;
  }
}

bool entry_store::get(owner_view owner, entry_key_view key, time_point now, cached_entry& out, bool count) {
  const std::uint64_t hash = hash_of(owner);
  guarded_shard& shard = shard_for(hash);
  const std::lock_guard hold(shard.mutex);
  cache_entry* found = nullptr;
  out.owner_has_profiles = false;
  for (cache_entry* e = shard.entries.first_of(owner, short_hash(hash)); e != nullptr; e = e->next) {
    if (e->deadline <= ticks(now)) continue;  // a miss even when the sweep is late
    if (e->key() == key) found = e;
    if (e->profile_size != 0) out.owner_has_profiles = true;
  }
  if (found == nullptr) return false;
  out.sealed.clear();
  out.sealed.append(found->sealed());
  if (count) {
    ++found->reads;
    out.read = {entry_key(key.slot, std::string(key.profile)), found->generation, found->reads, found->last_read};
    found->last_read =
        static_cast<std::uint32_t>((ticks(now) - found->created()) / cache_entry::nanoseconds_a_second) + 1;
  }
  out.info = found->info();
  return true;
}

void entry_store::uncount(owner_view owner, const counted_read& read) noexcept {
  const std::uint64_t hash = hash_of(owner);
  guarded_shard& shard = shard_for(hash);
  const std::lock_guard hold(shard.mutex);
  cache_entry* const entry = shard.entries.find(owner, short_hash(hash), read.key);
  if (entry == nullptr || entry->generation != read.generation || entry->reads == 0) return;
  if (entry->reads == read.reads) entry->last_read = read.last_read_before;  // else somebody has read since
  --entry->reads;
}

std::vector<entry_key> entry_store::keys_of(owner_view owner, time_point now) const {
  const std::uint64_t hash = hash_of(owner);
  const guarded_shard& shard = shard_for(hash);
  std::vector<entry_key> keys;
  const std::lock_guard hold(shard.mutex);
  for (const cache_entry* e = shard.entries.first_of(owner, short_hash(hash)); e != nullptr; e = e->next) {
    if (e->deadline > ticks(now)) keys.emplace_back(e->slot, std::string(e->profile()));
  }
  return keys;
}

bool entry_store::remove(owner_view owner, entry_key_view key, time_point now) {
  const std::uint64_t hash = hash_of(owner);
  guarded_shard& shard = shard_for(hash);
  entry_ptr removed;
  {
    const std::lock_guard hold(shard.mutex);
    cache_entry* const entry = shard.entries.find(owner, short_hash(hash), key);
    if (entry == nullptr || entry->deadline <= ticks(now)) return false;  // the sweep takes what is due, and tells
    removed = shard.entries.take(entry);
    shard.publish_deadline();
  }
  release(1, removed->size());
  return true;
}

std::vector<entry_key> entry_store::remove_each(owner_view owner, std::vector<entry_key> keys, time_point now) {
  const std::uint64_t hash = hash_of(owner);
  guarded_shard& shard = shard_for(hash);
  std::ranges::sort(keys);
  std::vector<bool> gone(keys.size());
  std::vector<entry_ptr> removed;
  removed.reserve(keys.size());  // from here on nothing needs memory: all of them go or none
  {
    const std::lock_guard hold(shard.mutex);
    shard.entries.take_each(owner, short_hash(hash), keys, ticks(now), removed);
    shard.publish_deadline();
  }
  for (const entry_ptr& entry : removed) {
    release(1, entry->size());
    const auto key =
        std::ranges::lower_bound(keys, entry->key(), {}, [](const entry_key& k) { return entry_key_view(k); });
    gone[static_cast<std::size_t>(key - keys.begin())] = true;
  }
  std::erase_if(keys, [&, i = std::size_t{0}](const entry_key&) mutable { return !gone[i++]; });
  return keys;
}

void entry_store::for_each(std::size_t shard_number, time_point now,
                           const std::function<void(const entry_view&)>& visit) const {
  const guarded_shard& shard = shards_[shard_number];
  const std::lock_guard hold(shard.mutex);
  shard.entries.for_each([&](const cache_entry& entry) {
    if (entry.deadline > ticks(now)) visit({entry.owner(), entry.profile(), entry.info(), entry.sealed()});
  });
}

std::size_t entry_store::sweep(time_point now, std::size_t most) {
  std::size_t swept = 0;
  for (std::size_t i = 0; i < shard_count && swept < most; ++i) {
    guarded_shard& shard = shards_[i];
    while (swept < most && shard.next_deadline.load(std::memory_order_acquire) <= ticks(now)) {
      entry_ptr due;
      {
        const std::lock_guard hold(shard.mutex);
        due = shard.entries.take_due(ticks(now));
        shard.publish_deadline();
      }
      if (!due) break;
      release(1, due->size());
      if (observer_) observer_->expired(due->owner(), {key_of(due->slot), due->profile()});
      ++swept;
    }
  }
  return swept;
}

bool entry_store::evict_soonest() {
  guarded_shard* soonest = &shards_[0];
  for (std::size_t i = 1; i < shard_count; ++i) {
    if (shards_[i].next_deadline.load() < soonest->next_deadline.load()) soonest = &shards_[i];
  }
  entry_ptr evicted;
  {
    const std::lock_guard hold(soonest->mutex);
    evicted = soonest->entries.take_due(cache_shard::never);
    soonest->publish_deadline();
  }
  if (!evicted) return false;
  release(1, evicted->size());
  if (observer_) observer_->evicted(evicted->owner(), {key_of(evicted->slot), evicted->profile()});
  return true;
}

// A deadline that is put while next_deadline() looks around is either seen there or lowers earliest_ here.
void entry_store::lower_earliest(time_point deadline) noexcept {
  time_point::rep known = earliest_.load();
  while (ticks(deadline) < known) {
    if (earliest_.compare_exchange_weak(known, ticks(deadline))) {
      if (observer_) observer_->next_deadline_moved(deadline);
      return;
    }
  }
}

time_point entry_store::next_deadline() noexcept {
  earliest_.store(cache_shard::never);
  time_point::rep least = cache_shard::never;
  for (std::size_t i = 0; i < shard_count; ++i) {
    least = std::min(least, shards_[i].next_deadline.load());
  }
  time_point::rep known = earliest_.load();
  while (least < known && !earliest_.compare_exchange_weak(known, least)) {
  }
  return time_point{std::chrono::nanoseconds{least}};
}

std::size_t entry_store::count_due(std::size_t shard_number, std::span<const time_point> deadlines,
                                   std::span<std::size_t> counts) const {
  const guarded_shard& shard = shards_[shard_number];
  const std::lock_guard hold(shard.mutex);
  return shard.entries.for_each_deadline([&](std::int64_t deadline) {
    for (std::size_t i = 0; i < deadlines.size(); ++i) counts[i] += deadline <= ticks(deadlines[i]) ? 1U : 0U;
  });
}

std::size_t entry_store::entries() const noexcept {
  return entries_.load();
}
std::size_t entry_store::bytes() const noexcept {
  return bytes_.load();
}

}  // namespace credcache::inline v1
