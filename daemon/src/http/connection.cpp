#include "http/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <new>
#include <utility>

#include "http/connection_pool.hpp"
#include "http/request_framing.hpp"

namespace credcached::http {
namespace {

namespace asio = boost::asio;
using beast_error = boost::beast::http::error;

/// Room behind the longest header, for pieces of a body and for pipelined requests.
constexpr std::size_t room_after_header = 8 * 1024;
/// A request that begins further behind than this is moved to the front of the buffer, so that pieces of its body have
/// room behind the longest header.
constexpr std::size_t latest_begin = room_after_header / 2;
/// Output is sent when it has grown to this; what a client does not take stays at about this size.
constexpr std::size_t flush_at = 32 * 1024;
/// Requests answered in one turn.
constexpr int most_per_turn = 16;
/// How long a client may take to read the last response and close.
constexpr std::chrono::seconds linger_time{2};
/// Beast 1.81 asserts that the last chunk never comes without the end behind it (boostorg/beast#2861). Until that has come,
/// no body in chunks is shorter than this.
constexpr std::size_t shortest_end = std::string_view("0\r\n\r\n").size();
/// How long a connection that has not asked yet may take to do so when the daemon stops.
constexpr std::chrono::milliseconds drain_grace{500};

/// A buffer that has grown beyond this is given back when it is empty: most requests and answers are smaller.
constexpr std::size_t kept_capacity = 4 * 1024;

/// Bytes of stack below a turn that its parsers and handlers may have used; memory_scan finds what 16 KiB leave.
constexpr std::size_t deepest_turn = 32 * 1024;

constexpr std::string_view no_room = "The memory for requests on their way is used up; try again.";

void empty(credcache::secret_buffer& buffer) noexcept {
  if (buffer.capacity() > kept_capacity) {
    buffer.release();
  } else {
    buffer.clear();
  }
}

}  // namespace

connection::connection(connection_pool& pool, socket_type socket, const platform::peer& peer)
    : pool_(pool),
      socket_(std::move(socket)),
      peer_(peer),
      exchange_(pool.handler().make_exchange(pool.context())),
      in_(pool.limits().header_bytes, room_after_header) {
  exchange_->answered = [this] { on_answered(); };
}

connection::~connection() {
  hold(0);
}

void connection::start() {
  error_code ec;
  socket_.non_blocking(true, ec);
  wait_for_request(credcache::boot_clock::now());
  read();
}

bool connection::is_stranger() const noexcept {
  return peer_.transport == platform::peer::kind::tcp && !peer_.known;
}

// A stranger has no longer to ask than for a header.
void connection::wait_for_request(credcache::time_point since) noexcept {
  const config::limits& limits = pool_.limits();
  set_deadline(since + (is_stranger() ? std::min(limits.idle_timeout, limits.header_timeout) : limits.idle_timeout));
}

void connection::set_deadline(credcache::time_point deadline) noexcept {
  deadline_ = deadline;
  pool_.watch(deadline_);
}

// What a connection holds while it waits for its client; counted only then, so that a request that comes and goes in one
// turn counts nothing.
void connection::hold(std::size_t bytes) noexcept {
  if (bytes == held_) return;
  pool_.memory().change(peer_.uid, held_, bytes);
  held_ = bytes;
}

// What a turn throws ends this connection and no other; the loop is told.
template <class Step>
void connection::turn(Step step) {
  try {
    if (!closed_) step();
  } catch (...) {
    close();
    if (finished()) pool_.erase(*this);
    throw;
  }
  if (finished()) pool_.erase(*this);
}

void connection::read() {
  socket_.async_read_some(asio::buffer(in_.bytes.get() + in_.end, in_.capacity - in_.end),
                          [this](error_code ec, std::size_t count) {
                            --pending_;
                            reading_ = false;
                            turn([&] { on_read(ec, count); });
                          });
  ++pending_;
  reading_ = true;
}

// With other connections waiting their turn, waiting for the next request is put off until they have had it: by then
// many have arrived, and the reactor fetches them in one go. (Trying to read first costs more than it finds.)
void connection::read_again() {
  if (pool_.size() == 1) return read();
  asio::post(pool_.context(), [this] {
    --pending_;
    reading_ = false;
    turn([this] { read(); });
  });
  ++pending_;
  reading_ = true;
}

void connection::on_read(error_code ec, std::size_t count) {
  if (ec) return close();
  in_.end += count;
  if (lingering_) {  // whatever it still sends is not read, wherever the first of it was to go
    credcache::wipe(in_.bytes.get(), in_.capacity);
    in_.end = 0;
    return read();
  }
  needs_input_ = false;
  if (pool_.runs_turns()) return pool_.queue(*this);
  last_turn = {};  // nobody had to wait for it
  const bool more = answer_some();
  // From a clock that was read anyway. A request that came in pieces counts for longer than it took: then the others are
  // asked for a little sooner.
  if (pool_.size() > 1) pool_.had_direct_turn(credcache::boot_clock::now() - exchange_->request.arrived.boot);
  if (more) pool_.queue(*this);
}

void connection::take_turn() {
  turn([this] {
    if (client_has_gone()) return close();  // it may have waited for long, and its answer may be dear
    const credcache::time_point begin = credcache::boot_clock::now();
    const bool more = answer_some();
    last_turn = credcache::boot_clock::now() - begin;
    if (more && !closed_) pool_.queue(*this);
  });
}

bool connection::client_has_gone() {
  pollfd state{socket_.native_handle(), 0, 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & (POLLHUP | POLLERR)) != 0;
}

// One turn. True if there is more to do that waits for nothing but the next turn.
bool connection::answer_some() {
  credcache::time_point turn_end = credcache::time_point::max();
  for (int answered = 0; !waiting_ && out_.size() < flush_at; ++answered) {
    if (!rest_ && (ending_ || needs_input_ || in_.begin == in_.end)) break;
    if (answered != 0) {  // most turns are one request, which needs no look at the clock
      const credcache::time_point now = credcache::boot_clock::now();
      if (turn_end == credcache::time_point::max()) turn_end = now + connection_pool::turn_time;
      if (answered == most_per_turn || now >= turn_end) break;
    }
    advance();
    if (closed_) return false;
  }
  return flush();
}

// One step: the next piece of an answer, or the next request as far as it has come.
void connection::advance() {
  const std::size_t answered = out_.size();
  if (rest_) {
    try {
      rest_.write(out_);
      take_over_deadline();
      if (!rest_) exchange_->clear();
    } catch (const std::bad_alloc&) {
      close();  // the client sees that the body did not come whole
    }
    return;
  }
  try {
    if (!parser_) begin_request();
    if (!parser_->is_header_done()) read_header();
    if (parser_ && !needs_input_ && !parser_->is_done()) read_body();
    if (parser_ && !needs_input_) answer();
  } catch (const std::bad_alloc&) {
    out_.resize(answered);  // takes back what was begun of an answer
    refuse(503, "The daemon is out of memory; try again.");
  }
}

void connection::begin_request() {
  // The parser hands out views into a header, so one that has not come whole yet must have all of the buffer before it,
  // and one that has must leave room for a body.
  const std::string_view rest(in_.bytes.get() + in_.begin, in_.end - in_.begin);
  if (in_.begin != 0 && (in_.begin > latest_begin || rest.find("\r\n\r\n") == std::string_view::npos)) {
    std::memmove(in_.bytes.get(), rest.data(), rest.size());
    credcache::wipe(in_.bytes.get() + rest.size(), in_.begin);
    in_.end = rest.size();
    in_.begin = 0;
  }
  asked_ = true;
  in_.request_at = in_.begin;
  request& r = exchange_->request;
  r.peer = &peer_;
  r.arrived = pool_.now();
  parser_.emplace(r, body_, std::string_view(in_.bytes.get(), in_.capacity));
  parser_->header_limit(static_cast<std::uint32_t>(in_.header_limit));
  parser_->body_limit(pool_.limits().body_bytes);
}

void connection::read_header() {
  error_code ec;
  request& r = exchange_->request;
  const bool in_pieces = parser_->got_some();
  in_.begin += parser_->put(asio::buffer(in_.bytes.get() + in_.begin, in_.end - in_.begin), ec);
  if (ec == beast_error::need_more) {
    needs_input_ = true;
    return set_deadline(r.arrived.boot + pool_.limits().header_timeout);
  }
  if (ec) return refuse(ec);
  if (const auto fault = framing_fault(r)) return refuse(400, *fault);
  // A header that came in pieces may have taken its time: what is left of a credential's life is counted from its end.
  if (in_pieces) r.arrived = pool_.now();
  in_.header_end = in_.begin;
  parser_->eager(true);
  r.keep_alive = parser_->keep_alive() && !draining_;
  const std::uint64_t body_size = parser_->content_length_remaining().value_or(0);
  // A body that nobody wants is passed over if it is here already; else the connection ends with the refusal.
  const bool passable = parser_->is_done() || (!parser_->chunked() && in_.end - in_.begin >= body_size);
  // In HTTP/1.0 an expectation is none (RFC 9110, 10.1.1).
  const auto expect = r.version == 11 ? r.field(field_id::expect) : std::nullopt;

  response& out = begin_response();
  out.close = !r.keep_alive || !passable;
  if (!pool_.memory().has_room(peer_.uid, passable ? 0 : body_size)) {
    ++pool_.memory().refused;
    exchange_->refuse(503, no_room);
  } else if (expect && !boost::beast::iequals(*expect, "100-continue")) {
    exchange_->refuse(417, "The only expectation known here is 100-continue.");
  } else if (exchange_->begin(body_size)) {
    if (peer_.known) pool_.forget_stranger(*this);
    if (parser_->is_done()) return;
    set_deadline(r.arrived.boot + pool_.limits().body_timeout);
    if (expect && in_.begin == in_.end) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    return;
  }
  if (!parser_->is_done() && passable) in_.begin += static_cast<std::size_t>(body_size);
  complete_answer();
}

void connection::read_body() {
  error_code ec;
  const std::size_t least = parser_->chunked() ? shortest_end : 1;
  while (in_.end - in_.begin >= least && !parser_->is_done() && !ec) {
    in_.begin += parser_->put(asio::buffer(in_.bytes.get() + in_.begin, in_.end - in_.begin), ec);
  }
  if (parser_->is_done() && !ec) {
    exchange_->request.arrived = pool_.now();  // as for a header in pieces
    return;
  }
  if (ec && ec != beast_error::need_more) return refuse(ec);
  // What has been taken over into body_ makes room for more, behind the header.
  const std::size_t rest = in_.end - in_.begin;
  std::memmove(in_.bytes.get() + in_.header_end, in_.bytes.get() + in_.begin, rest);
  credcache::wipe(in_.bytes.get() + in_.header_end + rest, in_.begin - in_.header_end);
  in_.begin = in_.header_end;
  in_.end = in_.header_end + rest;
  if (in_.end == in_.capacity) return refuse(400, "A chunk's header is too long.");
  needs_input_ = true;
  hold(out_.capacity() + body_.capacity());
  if (!pool_.memory().has_room(peer_.uid, 0)) {
    ++pool_.memory().refused;
    refuse(503, no_room);
  }
}

response& connection::begin_response() {
  const request& r = exchange_->request;
  exchange_->response.reset(out_, pool_.heads(r.arrived.wall));
  exchange_->response.version = r.version;
  return exchange_->response;
}

void connection::answer() {
  request& r = exchange_->request;
  r.body = body_.reveal();
  response& out = begin_response();
  out.close = !r.keep_alive || draining_;  // the drain may have begun since the header came
  const std::size_t begin = out_.size();
  if (exchange_->finish()) return complete_answer();
  waiting_ = true;
  open_at_ = begin;
  set_deadline(credcache::boot_clock::now() + exchange_->time_limit());
  watch_client();
}

void connection::complete_answer() {
  response& out = exchange_->response;
  if (!out.started()) return close();  // there was no memory to say anything
  out.finish(exchange_->request.method == verb::head);
  take_over_deadline();
  rest_ = std::move(out.rest);
  end_request(out.close);
}

void connection::take_over_deadline() noexcept {
  response& out = exchange_->response;
  dies_ = std::min(dies_, std::exchange(out.dies, credcache::time_point::max()));
}

// The open answer is there, or will not come: both are said by the exchange.
void connection::on_answered() {
  waiting_ = false;
  turn([this] {
    if (timed_out_) {
      timed_out_ = false;
      exchange_->response.discard();
      exchange_->refuse(504, "The answer did not come in time.");
    }
    complete_answer();
    if (flush()) pool_.queue(*this);
  });
  // A client that has gone: what was kept for its request goes with the connection.
}

// While an answer is open nothing is read but the end of the stream. A client that has sent its next request already is
// not watched any more: its end would come behind those bytes.
void connection::watch_client() {
  socket_.async_wait(socket_type::wait_read, [this](error_code ec) {
    --pending_;
    turn([&] {
      if (ec || !waiting_) return;
      char next = 0;
      const ssize_t got = ::recv(socket_.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return close();
      credcache::wipe(&next, 1);
      if (got < 0) watch_client();
    });
  });
  ++pending_;
}

void connection::refuse(error_code parse_error) {
  if (parse_error == beast_error::header_limit) return refuse(431, "The header is larger than this server takes.");
  if (parse_error == beast_error::body_limit) return refuse(413, "The body is larger than this server takes.");
  refuse(400, "Not an HTTP request: " + parse_error.message() + ".");
}

void connection::refuse(unsigned status, std::string_view reason) {
  begin_response().close = true;
  exchange_->refuse(status, reason);
  credcache::wipe_stack(deepest_turn);  // the parser puts a folded field together there
  complete_answer();
}

void connection::end_request(bool close_after) noexcept {
  if (!body_.empty()) {
    credcache::wipe_stack(deepest_turn);  // parsing a body leaves pieces of it there
    empty(body_);
  }
  credcache::wipe(in_.bytes.get() + in_.request_at, in_.begin - in_.request_at);
  // Shared libraries are bound at their first call whatever the executable was linked with, and the resolver saves all
  // vector registers on the stack: without this, memory_scan finds pieces of bodies there in a build with shared ones.
  credcache::wipe_registers();
  parser_.reset();
  if (!rest_) exchange_->clear();
  needs_input_ = false;
  if (in_.begin == in_.end) in_.begin = in_.end = 0;
  in_.request_at = in_.begin;
  ending_ = ending_ || close_after;
  if (peer_.known) pool_.forget_stranger(*this);
  wait_for_request(exchange_->request.arrived.boot);
}

// Sends what there is: at once as far as the socket takes it, the rest when it takes more. True if the connection has
// more to do then.
bool connection::flush() {
  while (has_unsent()) {
    error_code ec;
    sent_ += socket_.write_some(asio::buffer(out_.data() + sent_, sendable() - sent_), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) {
      wait_writable();
      return false;
    }
    if (ec && ec != asio::error::interrupted) {
      close();
      return false;
    }
  }
  dies_ = credcache::time_point::max();
  if (waiting_ && exchange_->response.started()) return false;  // what has been begun of it stays behind what was sent
  sent_ = open_at_ = 0;
  if (rest_) {
    out_.clear();
    hold(out_.capacity());  // already now: most of those that ask for much at a time would not have been counted yet
    return true;
  }
  empty(out_);
  hold(parser_ ? body_.capacity() : 0);
  if (waiting_) return false;
  if (ending_) {
    linger();
    return false;
  }
  if (in_.begin != in_.end && !needs_input_) return true;  // more pipelined requests
  if (draining_) drain();                                  // what kept it from ending is done
  read_again();
  return false;
}

void connection::wait_writable() {
  if (writing_) return;
  hold(out_.capacity() + body_.capacity());
  // An answer whose credential dies must not stay longer than the credential, sent or not.
  set_deadline(std::min(dies_, credcache::boot_clock::now() + pool_.limits().body_timeout));
  socket_.async_wait(socket_type::wait_write, [this](error_code ec) {
    --pending_;
    writing_ = false;
    turn([&] {
      if (ec) return close();
      if (flush()) pool_.queue(*this);
    });
  });
  ++pending_;
  writing_ = true;
}

// Closing a socket with unread input would reset the connection and could take the last response away from the client.
void connection::linger() {
  error_code ec;
  socket_.shutdown(socket_type::shutdown_send, ec);
  lingering_ = true;
  credcache::wipe(in_.bytes.get(), in_.end);
  in_.begin = in_.end = in_.request_at = 0;
  set_deadline(credcache::boot_clock::now() + linger_time);
  if (!reading_) read();
}

void connection::drain() {
  draining_ = true;
  if (waiting_) exchange_->response.close = true;
  if (parser_ || rest_ || ending_ || has_unsent()) return;  // ends by itself: no answer keeps it alive now
  if (!asked_) return set_deadline(credcache::boot_clock::now() + drain_grace);
  // Whoever sends from now on is told so by the kernel; what has come already is read and answered before the end.
  error_code ec;
  socket_.shutdown(socket_type::shutdown_receive, ec);
}

void connection::close() noexcept {
  closed_ = true;
  pool_.forget_turn(*this);
  pool_.forget_stranger(*this);
  if (waiting_) exchange_->cancel();
  error_code ec;
  socket_.close(ec);
}

void connection::time_out() noexcept {
  if (has_unsent() && dies_ <= credcache::boot_clock::now()) ++pool_.memory().dropped;
  if (waiting_ && !has_unsent()) {
    timed_out_ = true;
    deadline_ = credcache::time_point::max();
    return exchange_->cancel();
  }
  if (!parser_ || lingering_ || has_unsent() || !needs_input_) return close();
  try {
    refuse(408, parser_->is_header_done() ? "The body did not come in time." : "The header did not come in time.");
    error_code ec;
    socket_.write_some(asio::buffer(out_.data(), out_.size()), ec);  // to an empty socket: it fits
    empty(out_);
    hold(0);
    linger();
  } catch (const std::bad_alloc&) {
    close();
  }
}

}  // namespace credcached::http
