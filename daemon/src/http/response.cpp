#include "http/response.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>
#include <cstring>

namespace credcached::http {
namespace {

constexpr std::string_view ok_head = "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nDate: ";
constexpr std::string_view length_head = "\r\nContent-Length: ";
constexpr std::size_t length_digits = 10;

}  // namespace

std::string_view reason_phrase(unsigned status) noexcept {
  const auto phrase = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {phrase.data(), phrase.size()};
}

void response::start(unsigned status, std::string_view content_type) {
  begin_ = out_.size();
  status_ = status;
  has_body_ = !content_type.empty();
  body_at_ = 0;
  if (status == 200) {
    out_.append(ok_head);
  } else {
    char digits[3];
    std::to_chars(digits, digits + sizeof digits, status);
    out_.append("HTTP/1.1 ");
    out_.append({digits, sizeof digits});
    out_.push_back(' ');
    out_.append(reason_phrase(status));
    out_.append("\r\nCache-Control: no-store\r\nDate: ");
  }
  out_.append(date_);
  if (has_body_) {
    out_.append("\r\nContent-Type: ");
    out_.append(content_type);
    out_.append(length_head);
    length_at_ = out_.size();
    std::memset(out_.extend(length_digits), ' ', length_digits);
  }
  out_.append("\r\n");
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
  std::memcpy(out_.data() + length_at_ + length_digits - count, digits, count);
  if (head_only) out_.resize(body_at_);
}

void response::discard() noexcept {
  if (status_ == 0) return;
  out_.resize(begin_);
  status_ = 0;
  body_at_ = 0;
}

}  // namespace credcached::http
