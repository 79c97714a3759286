#include "http/response.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>
#include <cstring>
#include <ctime>

namespace credcached::http {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view after_status = "\r\nCache-Control: no-store\r\nDate: ";
constexpr std::string_view type_head = "\r\nContent-Type: ";
constexpr std::string_view length_head = "\r\nContent-Length: ";
constexpr std::string_view length_room = "          ";

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
  for (const std::string_view piece : {after_status, std::string_view(date), type_head, json_type, length_head,
                                       length_room, std::string_view("\r\n")}) {
    ok_json += piece;
  }
}

void response::start(unsigned status, std::string_view content_type) {
  begin_ = out_.size();
  status_ = status;
  has_body_ = !content_type.empty();
  body_at_ = 0;
  if (status == 200 && content_type == json_type) {
    out_.append(heads_.ok_json);
  } else {
    char digits[3];
    std::to_chars(digits, digits + sizeof digits, status);
    out_.append("HTTP/1.1 ");
    out_.append({digits, sizeof digits});
    out_.push_back(' ');
    out_.append(reason_phrase(status));
    out_.append(after_status);
    out_.append(heads_.date);
    if (has_body_) {
      out_.append(type_head);
      out_.append(content_type);
      out_.append(length_head);
      out_.append(length_room);
    }
    out_.append("\r\n");
  }
  if (has_body_) length_at_ = out_.size() - length_room.size() - 2;
  out_.append(extra_fields);
}

void response::field(std::string_view name, std::string_view value) {
  out_.append(name);
  out_.append(": ");
  out_.append(value);
  out_.append("\r\n");
}

credcache::secret_buffer& response::body() {
  out_.append(close ? "Connection: close\r\n\r\n" : "\r\n");
  body_at_ = out_.size();
  return out_;
}

void response::finish(bool head_only) {
  if (body_at_ == 0) (void)body();
  if (!has_body_) return;
  // Spaces before a field's value are white space that means nothing (RFC 9110, 5.5).
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, out_.size() - body_at_).ptr;
  const auto count = static_cast<std::size_t>(end - digits);
  std::memcpy(out_.data() + length_at_ + length_room.size() - count, digits, count);
  if (head_only) out_.resize(body_at_);
}

void response::discard() noexcept {
  if (status_ == 0) return;
  out_.resize(begin_);
  status_ = 0;
  body_at_ = 0;
}

}  // namespace credcached::http
