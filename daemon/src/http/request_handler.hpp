// What a connection asks of whoever answers requests. The layer above implements it; http knows no credentials.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

namespace credcached::http {

class request_handler {
 public:
  virtual ~request_handler() = default;
  /// Called when the header is complete and the body has perhaps not come yet. `body_size` is Content-Length, 0 if
  /// there is none or the body is chunked. False: the response has been written (wrong path, too large, no access …)
  /// and the body will not be read.
  [[nodiscard]] virtual bool begin(request& r, std::uint64_t body_size, response& out) = 0;
  /// Called when the body is there as well; writes the response.
  virtual void finish(request& r, response& out) = 0;
  /// Writes the response to what is not a proper request: 400, 408, 413, 431, 503.
  virtual void refuse(const request& r, unsigned status, std::string_view why, response& out) = 0;
};

}  // namespace credcached::http
