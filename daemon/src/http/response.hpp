// Writes one HTTP response straight into the connection's clearing output buffer: status line, fields, body.
//
// The length of the body is not known when its field is written, so ten characters are kept free for it and filled in
// by finish(); nothing is copied or moved. Every response carries Date and Cache-Control. The buffer may hold earlier,
// pipelined responses before this one.
//
// Thread safety: none.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "credcache/clock.hpp"
#include "credcache/secret.hpp"
#include "http/body_stream.hpp"

namespace credcached::http {

/// What begins a response, made once a second because of its Date.
struct response_heads {
  std::string date;     ///< IMF-fixdate (RFC 9110, 5.6.7)
  std::string ok_json;  ///< all of a 200 with JSON up to the end of its Content-Length line

  void make(credcache::wall_time now);
};

class response {
 public:
  /// Begins anew, at the end of `out`.
  void reset(credcache::secret_buffer& out, const response_heads& heads) noexcept;

  /// Begins the response. Without a content type there is no body (204).
  void start(unsigned status, std::string_view content_type = {});
  /// Adds a field; between start() and body().
  void field(std::string_view name, std::string_view value);
  /// Ends the header; the caller appends the body to what this returns.
  [[nodiscard]] credcache::secret_buffer& body();
  /// The body goes on with what `source` writes.
  void continue_with(std::unique_ptr<body_source> source) noexcept { rest = body_stream(std::move(source)); }
  /// The answer holds values of a credential that dies then: it must not be there any longer, sent or not.
  void dies_at(credcache::time_point deadline) noexcept { dies = std::min(dies, deadline); }
  /// Fills in the length, or begins the chunks of a body that does not end soon (`rest` is then not empty); in HTTP/1.0,
  /// which has no chunks, such a body ends with the connection. `head_only` (HEAD) drops the body again.
  void finish(bool head_only);

  /// Throws away what was written of this response, to begin another one.
  void discard() noexcept;

  [[nodiscard]] bool started() const noexcept { return status_ != 0; }
  [[nodiscard]] unsigned status() const noexcept { return status_; }

  std::string_view extra_fields;              ///< whole lines that start() adds, errors included
  std::string_view cache_control = no_store;  ///< value of Cache-Control
  unsigned version = 11;                      ///< the request's, 10 or 11; set before body()
  bool close = false;                         ///< says so in `Connection`; set before body()
  body_stream rest;                           ///< what is still to come of the body
  credcache::time_point dies = credcache::time_point::max();

  static constexpr std::string_view no_store = "no-store";

 private:
  void replace_length(std::string_view field) noexcept;
  void end_by_closing() noexcept;

  credcache::secret_buffer* out_ = nullptr;
  const response_heads* heads_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t length_at_ = 0;  // where the ten characters are
  std::size_t body_at_ = 0;
  unsigned status_ = 0;
  bool has_body_ = false;
};

/// "OK", "Not Found", … (RFC 9110).
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace credcached::http
