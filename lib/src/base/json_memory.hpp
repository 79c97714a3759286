// Boost.JSON values that hold secrets: memory for them, each block of which is wiped before it is freed, and their text.
//
// Thread safety: as operator new.
// Ownership:     must outlive every value made with it; hand its address to a storage_ptr.
#pragma once

#include <boost/json/memory_resource.hpp>
#include <boost/json/serializer.hpp>
#include <cstddef>
#include <new>

#include "credcache/secret.hpp"

namespace credcache::inline v1 {

class json_memory final : public boost::json::memory_resource {
 private:
  // Boost.JSON asks for no more alignment than operator new gives.
  void* do_allocate(std::size_t bytes, std::size_t) override { return ::operator new(bytes); }
  void do_deallocate(void* block, std::size_t bytes, std::size_t) override {
    wipe(block, bytes);
    ::operator delete(block);
  }
  bool do_is_equal(const boost::json::memory_resource& other) const noexcept override { return this == &other; }
};

/// Appends the text of a value, object or array.
template <class Json>
void append_json(secret_buffer& out, const Json& json) {
  constexpr std::size_t piece = 4096;
  boost::json::serializer serializer;
  serializer.reset(&json);
  while (!serializer.done()) {
    const std::size_t before = out.size();
    const auto written = serializer.read(out.extend(piece), piece);
    out.resize(before + written.size());
  }
}

}  // namespace credcache::inline v1
