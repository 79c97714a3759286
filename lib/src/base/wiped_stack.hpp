// Parsers and hash functions leave pieces of values on the stack: a scope that takes them with it, also by an exception.
//
// What leaves them must be a function that is called in the scope and not inlined into it, because it is the stack
// below the scope that is wiped.
//
// Thread safety: the stack of the calling thread alone.
#pragma once

#include "credcache/secret.hpp"

namespace credcache::inline v1 {

struct stack_wiped_at_the_end {
  stack_wiped_at_the_end() = default;
  stack_wiped_at_the_end(const stack_wiped_at_the_end&) = delete;
  stack_wiped_at_the_end& operator=(const stack_wiped_at_the_end&) = delete;
  ~stack_wiped_at_the_end() { wipe_stack(); }
};

}  // namespace credcache::inline v1
