// Storage for Boost.JSON values that hold secrets: each block is wiped before it is freed.
//
// Thread safety: as operator new. Ownership: must outlive every value made with it.
#pragma once

#include <boost/json/memory_resource.hpp>
#include <new>

#include "credcache/secret.hpp"

namespace credcached::json {

class clearing_memory final : public boost::json::memory_resource {
 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    return ::operator new(size, std::align_val_t{alignment});
  }
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
    credcache::wipe(block, size);
    ::operator delete(block, size, std::align_val_t{alignment});
  }
  bool do_is_equal(const boost::json::memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace credcached::json
