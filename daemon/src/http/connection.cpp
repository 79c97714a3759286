#include "http/connection.hpp"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "http/connection_pool.hpp"

namespace credcached::http {
namespace {

namespace asio = boost::asio;
using beast_error = boost::beast::http::error;

/// Room behind the longest header, for pieces of a body and for pipelined requests.
constexpr std::size_t room_after_header = 8 * 1024;
/// Answers to pipelined requests are sent when they have grown to this.
constexpr std::size_t flush_at = 256 * 1024;
/// How long a client may take to read the last response and close.
constexpr std::chrono::seconds linger_time{2};

std::size_t capacity(const config::limits& limits) noexcept {
  return limits.header_bytes + room_after_header;
}

}  // namespace

connection::connection(connection_pool& pool, socket_type socket, const platform::peer& from)
    : pool_(pool),
      socket_(std::move(socket)),
      from_(from),
      in_(std::make_unique_for_overwrite<char[]>(capacity(pool.limits()))) {}

connection::~connection() {
  credcache::wipe(in_.get(), end_);
  credcache::wipe_registers();
}

void connection::start() {
  error_code ec;
  socket_.non_blocking(true, ec);
  set_deadline(credcache::boot_clock::now() + pool_.limits().idle_timeout);
  read();
}

void connection::set_deadline(credcache::time_point deadline) {
  deadline_ = deadline;
  pool_.watch(deadline);
}

// What a turn throws ends this connection and no other; the loop is told.
template <class Step>
void connection::turn(Step step) {
  pending_ = false;
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
  socket_.async_read_some(asio::buffer(in_.get() + end_, capacity(pool_.limits()) - end_),
                          [this](error_code ec, std::size_t count) { turn([&] { on_read(ec, count); }); });
  pending_ = true;
}

// With other connections waiting their turn, waiting for the next request is put off until they have had it: by then
// many have arrived, and the reactor fetches them in one go. (Trying to read first costs more than it finds.)
void connection::rearm() {
  if (pool_.size() == 1) return read();
  asio::post(pool_.context(), [this] { turn([this] { read(); }); });
  pending_ = true;
}

void connection::on_read(error_code ec, std::size_t count) {
  if (ec) return close();
  end_ += count;
  if (lingering_) {  // whatever it still sends is not read, wherever the first of it was to go
    credcache::wipe(in_.get(), capacity(pool_.limits()));
    end_ = 0;
    return read();
  }
  process();
}

void connection::process() {
  while (!ending_ && begin_ != end_ && out_.size() < flush_at) {
    const std::size_t answered = out_.size();
    try {
      if (!parser_) begin_request();
      if (!parser_->is_header_done() && !read_header()) break;
      if (parser_ && !parser_->is_done() && !read_body()) break;
      if (parser_) answer();
    } catch (const std::bad_alloc&) {
      out_.resize(answered);  // takes back what was begun of an answer
      refuse(503, "The daemon is out of memory; try again.");
    }
  }
  flush();
}

void connection::begin_request() {
  // The parser hands out views into a header, so one that has not come whole yet must have all of the buffer before it.
  const std::string_view rest(in_.get() + begin_, end_ - begin_);
  if (begin_ != 0 && rest.find("\r\n\r\n") == std::string_view::npos) {
    std::memmove(in_.get(), rest.data(), rest.size());
    credcache::wipe(in_.get() + rest.size(), begin_);
    end_ = rest.size();
    begin_ = 0;
  }
  request_at_ = begin_;
  request_.reset();
  request_.from = &from_;
  request_.arrived = pool_.now();
  parser_.emplace(request_, body_, std::string_view(in_.get(), capacity(pool_.limits())));
  parser_->header_limit(static_cast<std::uint32_t>(pool_.limits().header_bytes));
  parser_->body_limit(pool_.limits().body_bytes);
}

// False if more input is needed. True with no request in hand: it has been refused.
bool connection::read_header() {
  error_code ec;
  begin_ += parser_->put(asio::buffer(in_.get() + begin_, end_ - begin_), ec);
  if (ec == beast_error::need_more) {
    set_deadline(request_.arrived.boot + pool_.limits().header_timeout);
    return false;
  }
  if (ec) {
    refuse(ec);
    return true;
  }
  header_end_ = begin_;
  parser_->eager(true);
  request_.keep_alive = parser_->keep_alive() && !draining_;
  const std::uint64_t body_size = parser_->content_length_remaining().value_or(0);
  // A body that nobody wants is passed over if it is here already; else the connection ends with the refusal.
  const bool passable = parser_->is_done() || (!parser_->chunked() && end_ - begin_ >= body_size);
  const auto expect = request_.field(field_id::expect);

  response out(out_, pool_.heads(request_.arrived.wall));
  out.close = !request_.keep_alive || !passable;
  if (request_.version == 11 && request_.count(field_id::host) != 1) {
    pool_.handler().refuse(request_, 400, "An HTTP/1.1 request needs exactly one Host field.", out);
  } else if (expect && !boost::beast::iequals(*expect, "100-continue")) {
    pool_.handler().refuse(request_, 417, "The only expectation known here is 100-continue.", out);
  } else if (pool_.handler().begin(request_, body_size, out)) {
    if (parser_->is_done()) return true;
    set_deadline(request_.arrived.boot + pool_.limits().body_timeout);
    if (expect && begin_ == end_) out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    return true;
  }
  out.finish(request_.method == verb::head);
  if (!parser_->is_done() && passable) begin_ += static_cast<std::size_t>(body_size);
  end_request(out.close);
  return true;
}

// False if more input is needed. True with no request in hand: it has been refused.
bool connection::read_body() {
  error_code ec;
  while (begin_ != end_ && !parser_->is_done() && !ec) {
    begin_ += parser_->put(asio::buffer(in_.get() + begin_, end_ - begin_), ec);
  }
  if (parser_->is_done() && !ec) return true;
  if (ec && ec != beast_error::need_more) {
    refuse(ec);
    return true;
  }
  // What has been taken over into body_ makes room for more, behind the header.
  const std::size_t rest = end_ - begin_;
  std::memmove(in_.get() + header_end_, in_.get() + begin_, rest);
  credcache::wipe(in_.get() + header_end_ + rest, begin_ - header_end_);
  begin_ = header_end_;
  end_ = header_end_ + rest;
  if (end_ == capacity(pool_.limits())) {
    refuse(400, "A chunk's header is too long.");
    return true;
  }
  return false;
}

void connection::answer() {
  request_.body = body_.reveal();
  response out(out_, pool_.heads(request_.arrived.wall));
  out.close = !request_.keep_alive || draining_;  // the drain may have begun since the header came
  pool_.handler().finish(request_, out);
  out.finish(request_.method == verb::head);
  end_request(out.close);
}

void connection::refuse(error_code parse_error) {
  if (parse_error == beast_error::header_limit) return refuse(431, "The header is larger than this server takes.");
  if (parse_error == beast_error::body_limit) return refuse(413, "The body is larger than this server takes.");
  refuse(400, "Not an HTTP request: " + parse_error.message() + ".");
}

void connection::refuse(unsigned status, std::string_view why) {
  response out(out_, pool_.heads(request_.arrived.wall));
  out.close = true;
  pool_.handler().refuse(request_, status, why, out);
  out.finish(request_.method == verb::head);
  credcache::wipe_stack();  // the parser puts a folded field together there
  end_request(true);
}

void connection::end_request(bool close_after) noexcept {
#ifdef CREDCACHED_LEAVE_A_COPY
  // The control of the memory scan (tests/integration): a build with this leak must be found by it.
  if (!body_.empty()) static_cast<void>(new std::string(body_.reveal()));
#endif
  if (!body_.empty()) {
    credcache::wipe_stack();  // parsing a body leaves pieces of it there
    body_.clear();
  }
  credcache::wipe(in_.get() + request_at_, begin_ - request_at_);
  parser_.reset();
  request_.reset();
  credcache::wipe_registers();
  if (begin_ == end_) begin_ = end_ = 0;
  request_at_ = begin_;
  ending_ = ending_ || close_after;
  set_deadline(request_.arrived.boot + pool_.limits().idle_timeout);
}

// Sends what there is: at once as far as the socket takes it, the rest when it takes more.
void connection::flush() {
  while (sent_ != out_.size()) {
    error_code ec;
    sent_ += socket_.write_some(asio::buffer(out_.data() + sent_, out_.size() - sent_), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) {
      set_deadline(credcache::boot_clock::now() + pool_.limits().body_timeout);
      socket_.async_wait(socket_type::wait_write, [this](error_code e) { turn([&] { on_writable(e); }); });
      pending_ = true;
      return;
    }
    if (ec && ec != asio::error::interrupted) return close();
  }
  out_.clear();
  sent_ = 0;
  if (ending_) return linger();
  if (begin_ != end_ && !parser_) return process();  // more pipelined requests
  rearm();
}

void connection::on_writable(error_code ec) {
  if (ec) return close();
  process();  // sends the rest, then answers what has come in the meantime
}

// Closing a socket with unread input would reset the connection and could take the last response away from the client.
void connection::linger() {
  error_code ec;
  socket_.shutdown(socket_type::shutdown_send, ec);
  lingering_ = true;
  credcache::wipe(in_.get(), end_);
  begin_ = end_ = request_at_ = 0;
  set_deadline(credcache::boot_clock::now() + linger_time);
  if (!pending_) read();
}

void connection::drain() {
  draining_ = true;
  if (parser_ || ending_ || sent_ != out_.size()) return;  // ends by itself: no answer keeps the connection alive now
  // Whoever sends from now on is told so by the kernel; what has come already is read and answered, then the end is
  // read.
  error_code ec;
  socket_.shutdown(socket_type::shutdown_receive, ec);
}

void connection::close() {
  closed_ = true;
  error_code ec;
  socket_.close(ec);
}

void connection::time_out() noexcept {
  const bool deaf = sent_ != out_.size();
  if (!parser_ || lingering_ || deaf) return close();
  try {
    refuse(408, parser_->is_header_done() ? "The body did not come in time." : "The header did not come in time.");
    error_code ec;
    socket_.write_some(asio::buffer(out_.data(), out_.size()), ec);  // to an empty socket: it fits
    out_.clear();
    linger();
  } catch (const std::bad_alloc&) {
    close();
  }
}

}  // namespace credcached::http
