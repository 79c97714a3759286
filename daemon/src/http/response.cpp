#include "http/response.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>
#include <cstring>
#include <ctime>

namespace credcached::http {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view cache_head = "\r\nCache-Control: ";
constexpr std::string_view date_head = "\r\nDate: ";
constexpr std::string_view type_head = "\r\nContent-Type: ";
constexpr std::string_view length_head = "\r\nContent-Length: ";
constexpr std::string_view length_room = "          ";
constexpr std::string_view unknown_length = "Transfer-Encoding: chunked";
constexpr std::string_view ended_by_closing = "Connection:          close";
static_assert(unknown_length.size() == length_head.size() - 2 + length_room.size());

constexpr std::string_view says_keep_alive = "Connection: keep-alive\r\n\r\n";
constexpr std::string_view says_close = "Connection: close\r\n\r\n";
constexpr std::string_view changed_mind = "     close\r\n\r\n";  // over "keep-alive"

/// Bodies up to this size go out whole, with their length.
constexpr std::size_t short_body = 32 * 1024;

}  // namespace

std::string_view reason_phrase(unsigned status) noexcept {
  const auto phrase = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {phrase.data(), phrase.size()};
}

void response_heads::make(credcache::wall_time now) {
  const std::time_t t = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  ::gmtime_r(&t, &parts);
  char text[32];
  date.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
  ok_json = "HTTP/1.1 200 OK";
  for (const std::string_view piece : {cache_head, response::no_store, date_head, std::string_view(date), type_head,
                                       json_type, length_head, length_room, std::string_view("\r\n")}) {
    ok_json += piece;
  }
}

void response::reset(credcache::secret_buffer& out, const response_heads& heads) noexcept {
  out_ = &out;
  heads_ = &heads;
  status_ = 0;
  extra_fields = {};
  cache_control = no_store;
  version = 11;
  close = false;
  rest.reset();
  dies = credcache::time_point::max();
}

void response::start(unsigned status, std::string_view content_type) {
  credcache::secret_buffer& out = *out_;
  begin_ = out.size();
  status_ = status;
  has_body_ = !content_type.empty();
  body_at_ = 0;
  if (status == 200 && content_type == json_type && cache_control == no_store) {
    out.append(heads_->ok_json);
  } else {
    char digits[3];
    std::to_chars(digits, digits + sizeof digits, status);
    out.append("HTTP/1.1 ");
    out.append({digits, sizeof digits});
    out.push_back(' ');
    out.append(reason_phrase(status));
    out.append(cache_head);
    out.append(cache_control);
    out.append(date_head);
    out.append(heads_->date);
    if (has_body_) {
      out.append(type_head);
      out.append(content_type);
      out.append(length_head);
      out.append(length_room);
    }
    out.append("\r\n");
  }
  if (has_body_) length_at_ = out.size() - length_room.size() - 2;
  out.append(extra_fields);
}

void response::field(std::string_view name, std::string_view value) {
  out_->append(name);
  out_->append(": ");
  out_->append(value);
  out_->append("\r\n");
}

// A connection stays open by itself in HTTP/1.1 only (RFC 9112, 9.3).
credcache::secret_buffer& response::body() {
  out_->append(close ? says_close : version == 10 ? says_keep_alive : "\r\n");
  body_at_ = out_->size();
  return *out_;
}

// The field for a body whose length nobody knows is written over the one for the length: they are equally long.
void response::replace_length(std::string_view field) noexcept {
  static_assert(unknown_length.size() == ended_by_closing.size());
  std::memcpy(out_->data() + length_at_ + length_room.size() - field.size(), field.data(), field.size());
}

void response::end_by_closing() noexcept {
  replace_length(ended_by_closing);
  if (!close) std::memcpy(out_->data() + body_at_ - changed_mind.size(), changed_mind.data(), changed_mind.size());
  close = true;
}

void response::finish(bool head_only) {
  if (body_at_ == 0) (void)body();
  if (!has_body_) return;
  if (head_only && rest) {  // the body is not made to be thrown away
    if (version == 10) {
      end_by_closing();
    } else {
      replace_length(unknown_length);
    }
    rest.reset();
  } else if (rest && rest.write_plain(*out_, body_at_, short_body)) {
    if (version == 10) {
      end_by_closing();
    } else {
      replace_length(unknown_length);
      rest.begin_chunks(*out_, body_at_);
    }
  } else {
    // Spaces before a field's value are white space that means nothing (RFC 9110, 5.5).
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, out_->size() - body_at_).ptr;
    const auto count = static_cast<std::size_t>(end - digits);
    std::memcpy(out_->data() + length_at_ + length_room.size() - count, digits, count);
  }
  if (head_only) out_->resize(body_at_);
}

void response::discard() noexcept {
  if (status_ == 0) return;
  out_->resize(begin_);
  status_ = 0;
  body_at_ = 0;
  rest.reset();
  dies = credcache::time_point::max();
}

}  // namespace credcached::http
