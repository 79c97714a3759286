#include "exchange.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <cstring>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "connect.hpp"
#include "credcache/version.hpp"
#include "outgoing/protocol/bounds.hpp"
#include "tls.hpp"

namespace credcached::courier {

namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using outgoing::answer_field;
using outgoing::outcome;
using clock = std::chrono::steady_clock;

constexpr int most_interim_answers = 8;

std::chrono::milliseconds since(clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - start);
}

credcache::secret_buffer request_text(const request& asked) {
  credcache::secret_buffer text(1024 + asked.fields.size() + asked.body.size());
  const auto add = [&](auto... parts) { (text.append(parts), ...); };
  add(std::string_view(asked.method), std::string_view(" "), asked.to.target, std::string_view(" HTTP/1.1\r\nHost: "),
      asked.to.authority, std::string_view("\r\nUser-Agent: credcached-courier/" CREDCACHE_VERSION_STRING "\r\n"),
      std::string_view("Accept-Encoding: identity\r\nConnection: close\r\n"), asked.fields.reveal());
  if (!asked.body.empty() || asked.method != "GET")
    text.append("Content-Length: " + std::to_string(asked.body.size()) + "\r\n");
  add(std::string_view("\r\n"), asked.body.reveal());
  return text;
}

[[noreturn]] void fail_reading(const error_code& error, const std::string& where) {
  if (error == boost::beast::error::timeout)
    throw failure(outcome::timeout, "found no whole answer of " + where + " within " +
                                        std::to_string(outgoing::answer_phase.count()) +
                                        " s, expected one: try again later");
  if (error == beast_http::error::header_limit)
    throw failure(outcome::too_large, "found an answer of " + where + " with a header over " +
                                          std::to_string(outgoing::longest_answer_header) +
                                          " bytes, expected a shorter one");
  if (error == beast_http::error::body_limit || error == beast_http::error::buffer_overflow)
    throw failure(outcome::too_large, "found an answer of " + where + " over " +
                                          std::to_string(outgoing::longest_answer_body) +
                                          " bytes, expected a shorter one");
  if (error.category() == asio::error::get_ssl_category())
    throw failure(outcome::tls_failed, "found TLS with " + where + " that failed (" + error.message() +
                                           "), expected an answer: does it ask for a certificate of the client?");
  throw failure(outcome::malformed,
                "found no whole HTTP answer of " + where + " (" + error.message() + "), expected one");
}

bool is_final(unsigned status) {
  return status >= 200 && status <= 599;
}

// Reads into `answer` until it is whole. Bytes that the parser cannot use yet move to the front.
template <class Stream>
asio::awaitable<void> read_answer(Stream& stream, outgoing::read_answer& answer, const std::string& where) {
  std::optional<outgoing::answer_reader> reader(std::in_place, answer, outgoing::speaker::remote_host);
  credcache::secret_buffer room;
  room.resize(16 * 1024);
  std::size_t had = 0;
  int interim = 0;
  for (;;) {
    error_code error;
    if (had == room.size()) fail_reading(beast_http::error::buffer_overflow, where);
    const auto got = co_await stream.async_read_some(asio::buffer(room.data() + had, room.size() - had),
                                                     asio::redirect_error(asio::use_awaitable, error));
    had += got;
    if (error == asio::error::eof) {
      error = {};
      reader->end(error);
      if (!error && !is_final(answer.status)) error = beast_http::error::bad_status;
      if (error) fail_reading(error, where);
      co_return;
    }
    if (error) fail_reading(error, where);
    for (std::size_t used = 1; had > 0 && used > 0;) {
      used = reader->read({room.data(), had}, error);
      if (error) fail_reading(error, where);
      std::memmove(room.data(), room.data() + used, had - used);
      had -= used;
      if (!reader->is_done()) continue;
      // 100, 103 and the like come before the answer.
      if (is_final(answer.status)) co_return;
      if (++interim > most_interim_answers || answer.status / 100 != 1 || answer.status == 101)
        fail_reading(beast_http::error::bad_status, where);
      answer = {};
      reader.emplace(answer, outgoing::speaker::remote_host);
    }
  }
}

template <class Stream>
asio::awaitable<void> talk(Stream& stream, const request& asked, outgoing::read_answer& answer,
                           const std::string& where) {
  boost::beast::get_lowest_layer(stream).expires_after(outgoing::answer_phase);
  {
    auto text = request_text(asked);
    error_code error;
    co_await asio::async_write(stream, asio::buffer(text.data(), text.size()),
                               asio::redirect_error(asio::use_awaitable, error));
    // Whoever does not read it all may have answered all the same.
    if (error == boost::beast::error::timeout) fail_reading(error, where);
  }
  co_await read_answer(stream, answer, where);
  if (answer.encoded)
    throw failure(outcome::malformed, "found an encoded answer of " + where +
                                          ", expected it plain, as Accept-Encoding: identity asks for it");
}

void append_line(credcache::secret_buffer& out, std::string_view name, std::string_view value) {
  for (const auto part : {name, std::string_view(": "), value, std::string_view("\r\n")}) out.append(part);
}

}  // namespace

asio::awaitable<void> exchange(const request& asked, exchanged& into) {
  const auto start = clock::now();
  if (!asked.to.https && !asked.allow_http)
    throw failure(outcome::bad_request, "found a URL with http:, expected https:");
  const route way = choose_route(asked);
  const std::string where = place(asked.to.host, asked.to.port);
  const std::string host(asked.to.host);
  tcp_stream plain(co_await asio::this_coro::executor);
  if (!asked.to.https) {
    co_await connect(plain, asked, way);
    into.connect = since(start);
    co_await talk(plain, asked, into.answer, where);
  } else {
    auto context = make_context(asked.ca);
    co_await connect(plain, asked, way);
    into.connect = since(start);
    plain.expires_after(outgoing::tls_phase);
    if (way.by_proxy) co_await open_tunnel(plain, asked, way);
    tls_stream stream(std::move(plain), context);
    certificate_complaint complaint;
    prepare(stream, host, complaint);
    error_code error;
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
    if (error) throw explain(error, complaint, where, host, asked.ca);
    co_await talk(stream, asked, into.answer, where);
  }
  into.whole = since(start);
}

credcache::secret_buffer answer_text(const exchanged& done) {
  const auto& answer = done.answer;
  credcache::secret_buffer text(1024 + answer.body.size());
  const auto reason = beast_http::obsolete_reason(beast_http::int_to_status(answer.status));
  text.append("HTTP/1.1 " + std::to_string(answer.status) + " ");
  text.append({reason.data(), reason.size()});
  text.append("\r\n");
  append_line(text, to_string(answer_field::outcome), to_string(outcome::answered));
  append_line(text, to_string(answer_field::connect_ms), std::to_string(done.connect.count()));
  append_line(text, to_string(answer_field::latency_ms), std::to_string(done.whole.count()));
  for (std::size_t i = 0; i < outgoing::remote_fields; ++i) {
    const auto name = static_cast<answer_field>(i);
    if (!answer.field(name).empty()) append_line(text, to_string(name), answer.field(name));
  }
  append_line(text, "Content-Length", std::to_string(answer.body.size()));
  text.append("\r\n");
  text.append(answer.body.reveal());
  return text;
}

credcache::secret_buffer answer_text(const failure& why) {
  const std::string sentence = credcache::printable(std::string_view(why.what()).substr(0, outgoing::longest_detail));
  credcache::secret_buffer text(512 + sentence.size());
  text.append("HTTP/1.1 502 Bad Gateway\r\n");
  append_line(text, to_string(answer_field::outcome), to_string(why.what_happened));
  append_line(text, "Content-Type", "text/plain; charset=utf-8");
  append_line(text, "Content-Length", std::to_string(sentence.size()));
  text.append("\r\n");
  text.append(sentence);
  return text;
}

}  // namespace credcached::courier
