// What a connection asks of whoever answers requests. The layer above implements it; http knows no credentials.
//
// An exchange is one request and its answer. A connection makes one and uses it for its requests, one after the other:
// begin, then finish or refuse, then clear.
//
// Thread safety: belongs to the thread of its connection.
// Ownership:     the connection owns it; a waiting answer keeps both alive until `answered` has been called.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "config/settings.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace credcached::http {

class exchange {
 public:
  http::request request;
  http::response response;
  /// Set by the connection: to be called on its loop, once, when an answer that finish() left open has been written.
  std::function<void()> answered;

  virtual ~exchange() = default;
  /// Called when the header is complete and the body has perhaps not come yet. `body_size` is Content-Length, 0 if
  /// there is none or the body is chunked. False: the response has been written (wrong path, too large, no access …)
  /// and the body will not be read.
  [[nodiscard]] virtual bool begin(std::uint64_t body_size) = 0;
  /// Called when the body is there as well. True: the response has been written. False: it is waited for.
  [[nodiscard]] virtual bool finish() = 0;
  /// Writes the response to what is not a proper request (400, 408, 413, 431, 503) or has taken too long (504).
  virtual void refuse(unsigned status, std::string_view reason) = 0;
  /// How long finish() may leave an answer open.
  [[nodiscard]] virtual std::chrono::seconds time_limit() const noexcept = 0;
  /// Nobody wants the open answer any more; `answered` is still called, soon.
  virtual void cancel() noexcept = 0;
  /// Forgets the request and wipes what was kept for it.
  virtual void clear() noexcept = 0;
};

class request_handler {
 public:
  virtual ~request_handler() = default;
  [[nodiscard]] virtual std::unique_ptr<exchange> make_exchange(boost::asio::io_context& context) = 0;
  /// As configured now; they may differ from one call to the next.
  [[nodiscard]] virtual const config::limits& limits() const noexcept = 0;
};

}  // namespace credcached::http
