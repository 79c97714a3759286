// One client connection: reads requests, has them answered, writes the responses, in order, pipelined or not.
//
// Every answer is computed at once (nothing here waits for anything but the socket), so a connection is a small state
// machine with one asynchronous operation at a time: reading or, when the socket is full, writing.
//
// The way of a request: on_read → process → request_handler → flush, all in one turn of the loop. This is the hot path;
// see docs/architecture.md.
//
// Thread safety: belongs to the thread of its pool. Ownership: the pool owns it; it asks the pool to erase it.
// Secrets: input, body and output are wiped as soon as a request has been answered.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <memory>
#include <optional>

#include "http/request_parser.hpp"
#include "http/response.hpp"

namespace credcached::http {

class connection_pool;

class connection : public boost::intrusive::list_base_hook<> {
 public:
  using socket_type = boost::asio::generic::stream_protocol::socket;

  connection(connection_pool& pool, socket_type socket, const platform::peer& from);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void start();
  /// No new requests: an idle connection ends, another one ends with its present request.
  void drain();
  /// Ends now; the pool erases it when its last handler has run, or at once if there is none.
  void close();
  /// What the pool calls when `deadline` has passed.
  void time_out() noexcept;

  /// When it must have made progress; the pool looks at it.
  [[nodiscard]] credcache::time_point deadline() const noexcept { return deadline_; }
  [[nodiscard]] const platform::peer& from() const noexcept { return from_; }
  [[nodiscard]] bool finished() const noexcept { return closed_ && !pending_; }

 private:
  using error_code = boost::system::error_code;

  template <class Step>
  void turn(Step step);
  void read();
  void rearm();
  void on_read(error_code ec, std::size_t count);
  void process();
  void begin_request();
  [[nodiscard]] bool read_header();
  [[nodiscard]] bool read_body();
  void answer();
  void end_request(bool close_after) noexcept;
  void refuse(unsigned status, std::string_view why);
  void refuse(error_code parse_error);
  void flush();
  void on_writable(error_code ec);
  void linger();
  void set_deadline(credcache::time_point deadline);

  connection_pool& pool_;
  socket_type socket_;
  platform::peer from_;
  credcache::time_point deadline_{};

  // Input: [begin_, end_) has arrived and is not parsed yet. The header of the request in hand stays where it is.
  std::unique_ptr<char[]> in_;
  std::size_t request_at_ = 0;
  std::size_t header_end_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;

  request request_;
  std::optional<request_parser> parser_;  // engaged while a request is in hand
  credcache::secret_buffer body_;
  credcache::secret_buffer out_;
  std::size_t sent_ = 0;

  bool pending_ = false;  // an asynchronous operation or a posted turn will call back
  bool draining_ = false;
  bool ending_ = false;     // close once everything is sent
  bool lingering_ = false;  // only waiting for the client to close, so that it can read the last response
  bool closed_ = false;
};

}  // namespace credcached::http
