#include "credcache/environment_block.hpp"

#include <algorithm>
#include <utility>

namespace credcache::inline v1 {
namespace {

bool is_named(std::string_view text, std::string_view name) noexcept {
  return text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name);
}

}  // namespace

bool environment_block::set(std::string_view name, std::string_view value) {
  constexpr std::string_view in_no_name{"=\0", 2};
  if (name.empty() || name.find_first_of(in_no_name) != name.npos || value.find('\0') != value.npos) return false;
  secret_buffer text(name.size() + value.size() + 2);
  text.append(name);
  text.push_back('=');
  text.append(value);
  text.push_back('\0');
  texts_.reserve(texts_.size() + 1);
  pointers_.reserve(pointers_.size() + 1);

  std::erase_if(pointers_, [&](const char* other) { return other != nullptr && is_named(other, name); });
  std::erase_if(texts_, [&](const secret_buffer& other) { return is_named(other.reveal(), name); });
  pointers_.insert(pointers_.end() - 1, text.data());
  texts_.push_back(std::move(text));
  return true;
}

void environment_block::inherit(char* const* environment) {
  std::vector<char*> all(pointers_.begin(), pointers_.end() - 1);
  for (; *environment != nullptr; ++environment) {
    const std::string_view text(*environment);
    const std::string_view name = text.substr(0, text.find('='));
    if (std::ranges::none_of(all, [&](const char* other) { return is_named(other, name); }))
      all.push_back(*environment);
  }
  all.push_back(nullptr);
  pointers_ = std::move(all);
}

}  // namespace credcache::inline v1
