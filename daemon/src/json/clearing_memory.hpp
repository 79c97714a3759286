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
  // Boost.JSON asks for no more alignment than operator new gives.
  void* do_allocate(std::size_t size, std::size_t) override { return ::operator new(size); }
  void do_deallocate(void* block, std::size_t size, std::size_t) override {
    credcache::wipe(block, size);
    ::operator delete(block);
  }
  bool do_is_equal(const boost::json::memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace credcached::json
