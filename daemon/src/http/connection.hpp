// One client connection: reads requests, has them answered, writes the responses, in order, pipelined or not.
//
// A state machine that waits for one thing at a time: input, room in the socket, its turn, or an open answer. The way of
// a request: on_read → take_turn → exchange → flush. A turn ends after some requests, a millisecond, or a bound of output.
//
// Thread safety: belongs to the thread of its pool.
// Ownership:     the pool owns it; it asks the pool to erase it.
// Secrets:       input, body and output are wiped as soon as a request has been answered.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>
#include <optional>

#include "http/connection_hooks.hpp"
#include "http/exchange.hpp"
#include "http/input_buffer.hpp"
#include "http/request_parser.hpp"

namespace credcached::http {

class connection_pool;

class connection : public boost::intrusive::list_base_hook<>, public turn_hook, public stranger_hook {
 public:
  using socket_type = boost::asio::generic::stream_protocol::socket;

  connection(connection_pool& pool, socket_type socket, const platform::peer& peer);
  ~connection();

  void start();
  /// No new requests: ends when idle, else with the present request; one that has not asked yet has a moment to do so.
  void drain();
  /// Ends now; the pool erases it once its last handler has run.
  void close() noexcept;
  /// What the pool calls when `deadline` has passed.
  void time_out() noexcept;
  /// What the pool calls when it is this connection's turn.
  void take_turn();

  /// When it must have made progress; the pool looks at it.
  [[nodiscard]] credcache::time_point deadline() const noexcept { return deadline_; }
  [[nodiscard]] const platform::peer& peer() const noexcept { return peer_; }
  /// It came over TCP, and no request of it has had a valid token yet.
  [[nodiscard]] bool is_stranger() const noexcept;
  [[nodiscard]] bool finished() const noexcept { return closed_ && pending_ == 0 && !waiting_; }

  /// How long its last turn took, for the pool's queues; before the first: for ever.
  std::chrono::nanoseconds last_turn = std::chrono::nanoseconds::max();

 private:
  using error_code = boost::system::error_code;

  template <class Step>
  void turn(Step step);
  void read();
  void read_again();
  void on_read(error_code ec, std::size_t count);
  [[nodiscard]] bool client_has_gone();
  [[nodiscard]] bool answer_some();
  void advance();
  void begin_request();
  void read_header();
  void read_body();
  response& begin_response();
  void answer();
  void complete_answer();
  void take_over_deadline() noexcept;
  void end_request(bool close_after) noexcept;
  void refuse(unsigned status, std::string_view reason);
  void refuse(error_code parse_error);
  [[nodiscard]] bool flush();
  void wait_writable();
  void watch_client();
  void on_answered();
  void linger();
  void wait_for_request(credcache::time_point since) noexcept;
  void hold(std::size_t bytes) noexcept;
  void set_deadline(credcache::time_point deadline) noexcept;
  [[nodiscard]] bool has_unsent() const noexcept { return sent_ != sendable(); }
  [[nodiscard]] std::size_t sendable() const noexcept { return waiting_ ? open_at_ : out_.size(); }

  connection_pool& pool_;
  socket_type socket_;
  platform::peer peer_;
  std::unique_ptr<exchange> exchange_;
  credcache::time_point deadline_{};
  input_buffer in_;
  std::optional<request_parser> parser_;  // engaged while a request is in hand
  credcache::secret_buffer body_;
  // Output: [sent_, size) of out_ is still to be sent, then what rest_ writes.
  credcache::secret_buffer out_;
  std::size_t sent_ = 0;
  std::size_t open_at_ = 0;  // where an open answer begins in out_
  body_stream rest_;
  credcache::time_point dies_ = credcache::time_point::max();  // of the credentials in out_
  std::size_t held_ = 0;                                       // bytes counted in the pool's memory budget
  unsigned pending_ = 0;                                       // asynchronous operations that will call back
  bool reading_ = false, writing_ = false;
  bool needs_input_ = false;  // the request in hand has not come whole
  bool asked_ = false;        // at least one request has come
  bool waiting_ = false;      // an answer is open
  bool timed_out_ = false;    // the open answer has taken too long
  bool draining_ = false;
  bool ending_ = false;     // close once everything is sent
  bool lingering_ = false;  // only waiting for the client to close, so that it can read the last response
  bool closed_ = false;
};

}  // namespace credcached::http
