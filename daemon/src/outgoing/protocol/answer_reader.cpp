#include "outgoing/protocol/answer_reader.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "base/text.hpp"
#include "outgoing/protocol/bounds.hpp"

namespace credcached::outgoing {

namespace {

namespace beast_http = boost::beast::http;

constexpr std::array<std::string_view, answer_fields> field_names{"Content-Type",       "Date",
                                                                  "Retry-After",        "WWW-Authenticate",
                                                                  "X-Subject-Token",    "Courier-Outcome",
                                                                  "Courier-Connect-Ms", "Courier-Latency-Ms"};

// The courier adds its own lines to those of the remote host.
std::size_t longest_header(speaker who) noexcept {
  return who == speaker::courier ? 2 * longest_answer_header : longest_answer_header;
}

bool same(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, credcache::to_lower, credcache::to_lower);
}

}  // namespace

std::string_view to_string(answer_field field) noexcept {
  return field_names[static_cast<std::size_t>(field)];
}

answer_reader::answer_reader(read_answer& into, speaker who) : into_(into), who_(who) {
  header_limit(static_cast<std::uint32_t>(longest_header(who)));
  body_limit(longest_answer_body);
  eager(true);
}

std::size_t answer_reader::read(std::string_view bytes, error_code& error) {
  // Beast 1.81 asserts that the last chunk's header never comes without the end behind it (boostorg/beast#2861). Until that
  // has come, no chunked message is shorter than this.
  constexpr std::size_t shortest_end = std::string_view("0\r\n\r\n").size();
  if (is_header_done() && chunked() && bytes.size() < shortest_end) return 0;
  const auto used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast_http::error::need_more) error = {};
  return used;
}

void answer_reader::end(error_code& error) {
  if (is_done()) return;
  if (got_some()) put_eof(error);
  if (!error && !is_done()) error = beast_http::error::partial_message;
}

void answer_reader::on_field_impl(beast_http::field, text name, text value, error_code& error) {
  if (header_read_) return;  // a trailer is no header
  const std::string_view key(name.data(), name.size()), content(value.data(), value.size());
  // Beast holds each piece that it is given to its limit, and not their sum.
  header_size_ += key.size() + content.size() + std::string_view(": \r\n").size();
  if (header_size_ > longest_header(who_)) {
    error = beast_http::error::header_limit;
    return;
  }
  if (same(key, "Content-Encoding") && !same(content, "identity")) into_.encoded = true;
  if (same(key, "Transfer-Encoding") && !same(content, "chunked")) into_.encoded = true;
  const auto found = std::ranges::find_if(field_names, [&](std::string_view known) { return same(known, key); });
  const auto index = static_cast<std::size_t>(found - field_names.begin());
  if (found == field_names.end() || (who_ == speaker::remote_host && index >= remote_fields)) return;
  auto& kept = into_.fields[index];
  // The first one counts. From the courier a second one is a mistake.
  if (!kept.empty() && who_ == speaker::courier) error = beast_http::error::bad_field;
  if (kept.empty()) kept.append(content);
}

void answer_reader::on_body_init_impl(const length& size, error_code&) {
  if (size) into_.body.reserve(static_cast<std::size_t>(std::min(*size, longest_answer_body)));
}

std::size_t answer_reader::on_body_impl(text part, error_code&) {
  into_.body.append({part.data(), part.size()});
  return part.size();
}

}  // namespace credcached::outgoing
