// Memory for the one handler that a task waits with at a time, kept from one wait to the next.
//
// Asio asks for memory at every wait. What has to go on for as long as the daemon lives (accepting, expiring, signals)
// would end for good if there was none just then; this way, waiting again cannot fail.
//
// Thread safety: one thread at a time.
// Ownership:     the handlers share the memory; Asio may keep one longer than the task.
#pragma once

#include <boost/asio/bind_allocator.hpp>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace credcached::platform {

class handler_memory {
 public:
  /// `handler`, with its wait in this memory. A second one at the same time gets memory of its own.
  template <class Handler>
  [[nodiscard]] auto keep(Handler handler) const {
    return boost::asio::bind_allocator(allocator<void>(room_), std::move(handler));
  }

 private:
  struct room {
    alignas(std::max_align_t) unsigned char bytes[256];
    bool used = false;
  };
  template <class T>
  struct allocator {
    using value_type = T;
    explicit allocator(std::shared_ptr<room> where) noexcept : in(std::move(where)) {}
    template <class U>
    explicit(false) allocator(const allocator<U>& other) noexcept : in(other.in) {}
    T* allocate(std::size_t count) const {
      if (in->used || count * sizeof(T) > sizeof in->bytes) return std::allocator<T>().allocate(count);
      in->used = true;
      return reinterpret_cast<T*>(in->bytes);
    }
    void deallocate(T* block, std::size_t count) const noexcept {
      if (reinterpret_cast<unsigned char*>(block) != in->bytes) return std::allocator<T>().deallocate(block, count);
      in->used = false;
    }
    bool operator==(const allocator&) const = default;
    std::shared_ptr<room> in;
  };

  std::shared_ptr<room> room_ = std::make_shared<room>();
};

}  // namespace credcached::platform
