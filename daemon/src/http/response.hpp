// Writes one HTTP response straight into the connection's clearing output buffer: status line, fields, body, in this
// order.
//
// The length of the body is not known when its field is written, so ten characters are kept free for it and filled in
// by finish(); nothing is copied or moved. Every response carries Date and `Cache-Control: no-store`. Thread safety:
// none. The buffer may hold earlier, pipelined responses before this one.
#pragma once

#include <string>
#include <string_view>

#include "credcache/clock.hpp"
#include "credcache/secret.hpp"

namespace credcached::http {

/// What begins a response, made once a second because of its Date.
struct response_heads {
  std::string date;     ///< IMF-fixdate (RFC 9110, 5.6.7)
  std::string ok_json;  ///< all of a 200 with JSON up to the end of its Content-Length line

  void make(credcache::wall_time now);
};

class response {
 public:
  response(credcache::secret_buffer& out, const response_heads& heads) noexcept : out_(out), heads_(heads) {}

  /// Begins the response. Without a content type there is no body (204).
  void start(unsigned status, std::string_view content_type = {});
  /// Adds a field; between start() and body().
  void field(std::string_view name, std::string_view value);
  /// Ends the header; the caller appends the body to what this returns.
  [[nodiscard]] credcache::secret_buffer& body();
  /// Fills in the length. `head_only` (HEAD) drops the body again, `close` was decided before.
  void finish(bool head_only);

  /// Throws away what was written of this response, to begin another one.
  void discard() noexcept;

  [[nodiscard]] bool started() const noexcept { return status_ != 0; }
  [[nodiscard]] unsigned status() const noexcept { return status_; }

  std::string_view extra_fields;  ///< whole lines that start() adds, errors included
  bool close = false;             ///< adds `Connection: close`; set before body()

 private:
  credcache::secret_buffer& out_;
  const response_heads& heads_;
  std::size_t begin_ = 0;
  std::size_t length_at_ = 0;  // where the ten characters are
  std::size_t body_at_ = 0;
  unsigned status_ = 0;
  bool has_body_ = false;
};

/// "OK", "Not Found", … (RFC 9110).
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace credcached::http
