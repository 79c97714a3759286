// Beast's parser with storage of our own: it keeps the status, the media type and the body, the latter in memory that
// is wiped. Beast's ready-made parser would keep every field and leave the body in ordinary memory.
#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include "client/http_client.hpp"

namespace credcached::client {

class response_parser final : public boost::beast::http::basic_parser<false> {
 public:
  explicit response_parser(response& into);

 private:
  using text = boost::beast::string_view;
  using error = boost::beast::error_code;
  using length = boost::optional<std::uint64_t>;

  void on_response_impl(int status, text, int, error&) override { into_.status = static_cast<unsigned>(status); }
  void on_field_impl(boost::beast::http::field name, text, text value, error&) override {
    if (name == boost::beast::http::field::content_type) into_.content_type.assign(value.data(), value.size());
  }
  void on_body_init_impl(const length& size, error&) override {
    if (size) into_.body.reserve(static_cast<std::size_t>(*size));
  }
  std::size_t on_body_impl(text part, error&) override {
    into_.body.append({part.data(), part.size()});
    return part.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, text part, error& e) override { return on_body_impl(part, e); }
  void on_request_impl(boost::beast::http::verb, text, text, int, error&) override {}
  void on_header_impl(error&) override {}
  void on_chunk_header_impl(std::uint64_t, text, error&) override {}
  void on_finish_impl(error&) override {}

  response& into_;
};

}  // namespace credcached::client
