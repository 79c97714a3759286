// Variables as execve(2) takes them: texts NAME=VALUE in memory that is wiped when the block goes.
//
// Thread safety: none; one thread at a time per object.
// Ownership:     the block owns the texts made by set(); those of inherit() stay with whoever had them. A block that was
//                moved from can be assigned to or destroyed, nothing else.
// Failure:       std::bad_alloc, and then nothing has changed.
#pragma once

#include <string_view>
#include <vector>

#include "credcache/secret.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class environment_block {
 public:
  environment_block() : pointers_(1, nullptr) {}

  /// Sets a variable, in place of one of the same name. False, and nothing has changed, if it cannot be in an
  /// environment: the name is empty or has a '=', or there is a zero byte.
  [[nodiscard]] bool set(std::string_view name, std::string_view value);
  /// Adds the variables of `environment`, such as environ, whose names are not set. They are not copied, and must stay
  /// as they are while the block is used.
  void inherit(char* const* environment);

  /// The variables, and a null pointer at the end. Valid until the next set() or inherit(), or the end of the block.
  /// Allocates nothing: may be called between fork() and execve().
  [[nodiscard]] char* const* data() const noexcept { return pointers_.data(); }
  /// Variables without the null pointer.
  [[nodiscard]] std::size_t size() const noexcept { return pointers_.size() - 1; }

 private:
  std::vector<secret_buffer> texts_;  // each with a zero byte at its end
  std::vector<char*> pointers_;       // to those and to what was inherited; null at the end
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
