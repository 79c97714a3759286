#include "cache/cache_shard.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

namespace credcache::inline v1 {
namespace {

constexpr std::size_t children = 4;

}  // namespace

entry_info cache_entry::info() const noexcept {
  entry_info info;
  info.slot = slot;
  info.names = names;
  info.time_to_live = time_to_live;
  info.reads = reads;
  info.created = time_point{std::chrono::nanoseconds{created()}};
  info.deadline = time_point{std::chrono::nanoseconds{deadline}};
  info.last_read = last_read == 0 ? info.created : info.created + std::chrono::seconds{last_read - 1};
  info.wall_deadline = wall_time{std::chrono::milliseconds{static_cast<std::int64_t>(wall_deadline)}};
  info.generation = generation;
  return info;
}

void entry_deleter::operator()(cache_entry* entry) const noexcept {
  wipe(entry, entry->size());
  ::operator delete(entry);
}

entry_ptr make_entry(owner_view owner, entry_key_view key, std::string_view sealed) {
  if (owner.name.size() > cache_entry::longest_owner) {
    throw std::length_error("found an owner's name of more than 65,535 bytes");
  }
  if (key.profile.size() > cache_entry::longest_profile) {
    throw std::length_error("found a profile of more than 511 bytes");
  }
  if (sealed.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("found a sealed credential of more than 4 GiB");
  }
  void* block = ::operator new(sizeof(cache_entry) + owner.name.size() + key.profile.size() + sealed.size());
  entry_ptr entry(new (block) cache_entry);
  entry->kind = owner.kind;
  entry->owner_size = owner.name.size() & cache_entry::longest_owner;
  entry->sealed_size = static_cast<std::uint32_t>(sealed.size());
  entry->slot = key.slot;
  entry->profile_size = key.profile.size() & cache_entry::longest_profile;
  char* to = std::copy(owner.name.begin(), owner.name.end(), entry->tail());
  to = std::copy(key.profile.begin(), key.profile.end(), to);
  std::copy(sealed.begin(), sealed.end(), to);
  return entry;
}

cache_shard::~cache_shard() {
  for (const due& item : heap_) entry_deleter{}(item.entry);
}

cache_entry* cache_shard::first_of(owner_view owner, std::uint32_t hash) const noexcept {
  const auto found = owners_.find(wanted{owner, hash});
  return found == owners_.end() ? nullptr : found->first;
}

cache_entry* cache_shard::find(owner_view owner, std::uint32_t hash, entry_key_view key) const noexcept {
  cache_entry* entry = first_of(owner, hash);
  while (entry != nullptr && entry->key() != key) entry = entry->next;
  return entry;
}

cache_shard::owner_count cache_shard::count_of(owner_view owner, std::uint32_t hash, entry_key_view key,
                                               std::int64_t now) const noexcept {
  owner_count count{};
  for (const cache_entry* e = first_of(owner, hash); e != nullptr; e = e->next) {
    if (e->key() == key) {
      count.same_key = e->size();
      count.generation = e->generation;
    } else if (e->deadline > now) {
      ++count.others;
    }
  }
  return count;
}

entry_ptr cache_shard::insert(entry_ptr entry, std::int64_t now) {
  reserve_heap();
  const auto [chain_of_owner, is_new] = owners_.insert(chain{entry.get()});
  // From here on nothing throws.
  entry_ptr replaced;
  if (!is_new) {
    cache_entry** link = &chain_of_owner->first;
    while (*link != nullptr && (*link)->key() != entry->key()) link = &(*link)->next;
    if (cache_entry* const old = *link) {
      *link = old->next;
      remove_from_heap(old->heap_index);
      replaced.reset(old);
      const bool was_alive = old->deadline > now;
      while (!was_alive && *link != nullptr) link = &(*link)->next;
    }
    entry->next = *link;
    *link = entry.get();
  }
  cache_entry* const raw = entry.release();
  heap_.emplace_back();
  sift_up(heap_.size() - 1, {raw->deadline, raw});
  return replaced;
}

entry_ptr cache_shard::take(cache_entry* entry) noexcept {
  remove_from_heap(entry->heap_index);
  unlink(entry);
  return entry_ptr(entry);
}

void cache_shard::take_each(owner_view owner, std::uint32_t hash, std::span<const entry_key> keys, std::int64_t now,
                            std::vector<entry_ptr>& taken) noexcept {
  const auto found = owners_.find(wanted{owner, hash});
  if (found == owners_.end()) return;
  const auto as_view = [](const entry_key& key) { return entry_key_view(key); };
  cache_entry** link = &found->first;
  while (cache_entry* const entry = *link) {
    if (entry->deadline <= now || !std::ranges::binary_search(keys, entry->key(), {}, as_view)) {
      link = &entry->next;
      continue;
    }
    *link = entry->next;
    remove_from_heap(entry->heap_index);
    taken.emplace_back(entry);
  }
  if (found->first == nullptr) owners_.erase(found);
}

entry_ptr cache_shard::take_due(std::int64_t now) noexcept {
  if (heap_.empty() || heap_.front().deadline > now) return nullptr;
  return take(heap_.front().entry);
}

void cache_shard::unlink(cache_entry* entry) noexcept {
  const auto found = owners_.find(wanted{entry->owner(), entry->owner_hash});
  if (found->first == entry) {
    if (entry->next == nullptr) {
      owners_.erase(found);
    } else {
      found->first = entry->next;
    }
    return;
  }
  cache_entry* before = found->first;
  while (before->next != entry) before = before->next;
  before->next = entry->next;
}

// Grows by a quarter instead of by doubling: the slack is memory that every cached credential would pay for.
void cache_shard::reserve_heap() {
  if (heap_.size() == heap_.capacity()) heap_.reserve(heap_.size() + heap_.size() / 4 + 8);
}

void cache_shard::put_in_heap(std::size_t index, due item) noexcept {
  heap_[index] = item;
  item.entry->heap_index = static_cast<std::uint32_t>(index);
}

void cache_shard::sift_up(std::size_t index, due item) noexcept {
  while (index > 0) {
    const std::size_t parent = (index - 1) / children;
    if (heap_[parent].deadline <= item.deadline) break;
    put_in_heap(index, heap_[parent]);
    index = parent;
  }
  put_in_heap(index, item);
}

void cache_shard::sift_down(std::size_t index, due item) noexcept {
  for (;;) {
    const std::size_t first = index * children + 1;
    if (first >= heap_.size()) break;
    const auto begin = heap_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = heap_.begin() + static_cast<std::ptrdiff_t>(std::min(first + children, heap_.size()));
    const auto least = std::min_element(begin, end, [](const due& a, const due& b) { return a.deadline < b.deadline; });
    if (item.deadline <= least->deadline) break;
    put_in_heap(index, *least);
    index = static_cast<std::size_t>(least - heap_.begin());
  }
  put_in_heap(index, item);
}

void cache_shard::remove_from_heap(std::size_t index) noexcept {
  const due last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  if (index > 0 && last.deadline < heap_[(index - 1) / children].deadline) {
    sift_up(index, last);
  } else {
    sift_down(index, last);
  }
}

}  // namespace credcache::inline v1
