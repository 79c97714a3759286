#include "credcache/credential_cache.hpp"

#include <utility>

#include "cache/entry_store.hpp"

namespace credcache::inline v1 {

credential_cache::credential_cache(cache_limits limits, std::shared_ptr<observer> heard_by)
    : store_(std::make_unique<entry_store>(limits, std::move(heard_by))) {}

credential_cache::~credential_cache() = default;

std::size_t credential_cache::sweep(time_point now, std::size_t most) {
  return store_->sweep(now, most);
}
time_point credential_cache::next_deadline() noexcept {
  return store_->next_deadline();
}
std::size_t credential_cache::count_due(std::size_t shard, std::span<const time_point> deadlines,
                                        std::span<std::size_t> counts) const {
  return store_->count_due(shard, deadlines, counts);
}
std::size_t credential_cache::entries() const noexcept {
  return store_->entries();
}
std::size_t credential_cache::bytes() const noexcept {
  return store_->bytes();
}
const cache_limits& credential_cache::limits() const noexcept {
  return store_->limits();
}

}  // namespace credcache::inline v1
