#include "http/body_stream.hpp"

#include <cstring>

#include "base/text.hpp"

namespace credcached::http {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";

// "0000a5f0\r\n": a chunk's size with leading zeros, so that its room is known before the chunk is.
constexpr std::size_t size_digits = 8;
constexpr std::size_t chunk_head_size = size_digits + line_end.size();

void fill_chunk_head(char* head, std::size_t size) noexcept {
  for (std::size_t i = size_digits; i-- > 0; size >>= 4) head[i] = credcache::hex_digit(static_cast<unsigned>(size));
  std::memcpy(head + size_digits, line_end.data(), line_end.size());
}

}  // namespace

void body_stream::begin_chunks(credcache::secret_buffer& out, std::size_t begin) {
  chunked_ = true;
  const std::size_t size = out.size() - begin;
  static_cast<void>(out.extend(chunk_head_size));
  char* const head = out.data() + begin;
  std::memmove(head + chunk_head_size, head, size);
  fill_chunk_head(head, size);
  out.append(line_end);
}

void body_stream::write(credcache::secret_buffer& out) {
  const std::size_t head = out.size();
  if (chunked_) static_cast<void>(out.extend(chunk_head_size));
  const std::size_t begin = out.size();
  const bool more = source_->write(out);
  if (chunked_) {
    if (out.size() == begin) {
      out.resize(head);  // a chunk of no bytes would end the body
    } else {
      fill_chunk_head(out.data() + head, out.size() - begin);
      out.append(line_end);
    }
    if (!more) out.append(last_chunk);
  }
  if (!more) source_.reset();
}

}  // namespace credcached::http
