// A body that is written piece by piece, as its client takes it.
//
// Whoever answers begins the response, hands over a body_source, and is asked for one piece after the other. A body that
// turns out to be short goes out whole, with its length; a longer one in chunks (RFC 9112, 7.1), or, to an HTTP/1.0
// client, up to the end of the connection.
//
// Thread safety: one thread at a time.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "credcache/secret.hpp"

namespace credcached::http {

class body_source {
 public:
  virtual ~body_source() = default;
  /// Appends the next piece, about one record, or nothing while it passes over some. False: that was the last one.
  [[nodiscard]] virtual bool write(credcache::secret_buffer& out) = 0;
};

class body_stream {
 public:
  body_stream() noexcept = default;
  explicit body_stream(std::unique_ptr<body_source> source) noexcept : source_(std::move(source)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return source_ != nullptr; }
  void reset() noexcept { source_.reset(); }

  /// Appends pieces without framing until there are `enough` bytes behind `begin`, or many were short or empty: what is
  /// passed over takes its time, too. False: that was all.
  bool write_plain(credcache::secret_buffer& out, std::size_t begin, std::size_t enough) {
    for (std::size_t pieces = 0; source_ && out.size() - begin < enough && pieces < most_plain_pieces; ++pieces) {
      if (!source_->write(out)) source_.reset();
    }
    return source_ != nullptr;
  }
  /// Makes one chunk of what stands behind `begin`; from here on write() frames its pieces.
  void begin_chunks(credcache::secret_buffer& out, std::size_t begin);
  /// Appends one piece, and the end of the body after the last one; the stream is empty then.
  void write(credcache::secret_buffer& out);

 private:
  static constexpr std::size_t most_plain_pieces = 256;

  std::unique_ptr<body_source> source_;
  bool chunked_ = false;
};

}  // namespace credcached::http
