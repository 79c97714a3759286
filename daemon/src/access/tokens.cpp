#include "access/tokens.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "credcache/secret.hpp"

namespace credcached::access {

void token_set::add(std::string name, std::optional<std::string> user, std::string_view text) {
  credcache::locked_memory memory(text.size());
  std::memcpy(memory.bytes().data(), text.data(), text.size());
  tokens_.push_back({std::move(name), std::move(user), std::move(memory), text.size()});
}

std::optional<std::size_t> token_set::find(std::string_view presented) const noexcept {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (credcache::equal_constant_time(tokens_[i].text(), presented)) found = i;
  }
  return found;
}

std::string_view token_set::text(std::string_view name) const {
  return std::ranges::find(tokens_, name, &entry::name)->text();
}

}  // namespace credcached::access
