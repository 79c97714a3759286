// What has arrived on a connection: [begin, end) is not parsed yet; the header of the request in hand stays where it is,
// from request_at to header_end, because the parsed request refers to it.
//
// Ownership:     owns its bytes and wipes at the end what was used of them.
// Thread safety: none.
#pragma once

#include <cstddef>
#include <memory>

#include "credcache/secret.hpp"

namespace credcached::http {

struct input_buffer {
  /// For headers up to `header`, and `room` behind the longest one.
  input_buffer(std::size_t header, std::size_t room)
      : header_limit(header), capacity(header + room), bytes(std::make_unique_for_overwrite<char[]>(capacity)) {}
  ~input_buffer() { credcache::wipe(bytes.get(), end); }
  input_buffer(const input_buffer&) = delete;
  input_buffer& operator=(const input_buffer&) = delete;

  std::size_t header_limit;
  std::size_t capacity;
  std::unique_ptr<char[]> bytes;
  std::size_t request_at = 0;
  std::size_t header_end = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

}  // namespace credcached::http
