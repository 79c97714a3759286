// The bearer tokens of the configuration, in locked memory.
//
// Thread safety: immutable once it is filled; shared by the workers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/locked_memory.hpp"

namespace credcached::access {

class token_set {
 public:
  void add(std::string name, std::optional<std::string> user, std::string_view text);
  /// The token that `presented` is, or nothing. Takes the same time whether and where they differ.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view presented) const noexcept;
  /// The token of this name, which must be there; a view into locked memory of this set.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  [[nodiscard]] const std::string& name(std::size_t index) const { return tokens_[index].name; }
  /// The owner of requests that carry the token and name none.
  [[nodiscard]] const std::optional<std::string>& user(std::size_t index) const { return tokens_[index].user; }
  [[nodiscard]] bool empty() const noexcept { return tokens_.empty(); }

 private:
  struct entry {
    std::string name;
    std::optional<std::string> user;
    credcache::locked_memory memory;
    std::size_t size;
    [[nodiscard]] std::string_view text() const noexcept {
      return {reinterpret_cast<const char*>(memory.bytes().data()), size};
    }
  };
  std::vector<entry> tokens_;
};

}  // namespace credcached::access
