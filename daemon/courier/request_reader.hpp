// Reads the daemon's request: HTTP/1.1 in absolute-form (RFC 9112, 3.2.2).
//
// Strict in both directions: a field that the courier itself writes (Connection, User-Agent and others) is refused, and so is
// a Courier-* field that it does not know, because a rule that is not obeyed must not look like one that is.
//
// Thread safety: none.
// Failure:       courier::failure with bad_request.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string_view>

#include "request.hpp"

namespace credcached::courier {

class request_reader final : private boost::beast::http::basic_parser<true> {
 public:
  explicit request_reader(request& into);

  /// Takes what it can of `bytes`, and says how much: what is left has to come again, with more behind it.
  [[nodiscard]] std::size_t read(std::string_view bytes);
  [[nodiscard]] bool is_done() const { return basic_parser::is_done(); }

 private:
  using text = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  using length = boost::optional<std::uint64_t>;

  void on_request_impl(boost::beast::http::verb method, text, text target, int version, error_code&) override;
  void on_field_impl(boost::beast::http::field, text name, text value, error_code&) override;
  void on_header_impl(error_code&) override;
  std::size_t on_body_impl(text part, error_code&) override;
  std::size_t on_chunk_body_impl(std::uint64_t, text, error_code&) override { return 0; }  // chunks are refused before
  void on_response_impl(int, text, int, error_code&) override {}
  void on_body_init_impl(const length&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  void take_rule(std::string_view name, std::string_view value);

  request& into_;
  std::size_t header_size_ = 0;
  unsigned seen_ = 0;  // a bit for each rule, and for Host
};

}  // namespace credcached::courier
