#include "access/tokens.hpp"

#include <cstring>
#include <utility>

namespace credcached::access {

void token_set::add(std::string name, std::optional<std::string> user, std::string_view text) {
  credcache::locked_memory memory(text.size());
  std::memcpy(memory.bytes().data(), text.data(), text.size());
  tokens_.push_back({std::move(name), std::move(user), std::move(memory), text.size()});
}

std::optional<std::size_t> token_set::find(std::string_view presented) const noexcept {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const auto bytes = tokens_[i].memory.bytes();
    const std::string_view expected(reinterpret_cast<const char*>(bytes.data()), tokens_[i].size);
    if (credcache::equal_constant_time(expected, presented)) found = i;
  }
  return found;
}

}  // namespace credcached::access
