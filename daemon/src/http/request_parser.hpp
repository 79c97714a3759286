// Beast's HTTP parser, keeping of a header only views into the buffer it was fed from, and of a body clearing storage.
//
// The buffer must hold the whole header in one piece and must not move until the request has been answered: Beast
// parses a header only once it is complete, and hands out views into what it was given.
#pragma once

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>

#include "credcache/secret.hpp"
#include "http/request.hpp"

namespace credcached::http {

class request_parser final : public boost::beast::http::basic_parser<true> {
 public:
  /// `input` is the whole buffer that pieces will come from.
  request_parser(request& into, credcache::secret_buffer& body, std::string_view input)
      : request_(into), body_(body), input_(input) {}

 private:
  using error_code = boost::beast::error_code;
  // What Beast's string_view is depends on its version.
  using text = boost::beast::string_view;
  static std::string_view view(text t) noexcept { return {t.data(), t.size()}; }

  void on_request_impl(verb method, text method_text, text target, int version, error_code&) override {
    request_.method = method;
    request_.method_text = view(method_text);
    request_.target = view(target);
    request_.version = static_cast<unsigned>(version);
  }
  void on_response_impl(int, text, int, error_code&) override {}
  void on_field_impl(field_id id, text name, text value, error_code& ec) override {
    if (header_done_) return;  // a trailer field is not a header field, and nobody here reads any (RFC 9110, 6.5.1)
    // A folded value has been put together elsewhere, in memory that is gone when this returns; folding is obsolete and
    // may be refused (RFC 9112, 5.2).
    // One whose first line is empty is where it was, lines after its name.
    const char* const name_end = name.data() + name.size();
    const bool folded = !value.empty() && (value.data() < name_end || value.data() >= input_.data() + input_.size() ||
                                           std::find(name_end, value.data(), '\n') != value.data());
    if (folded) {
      ec = boost::beast::http::error::bad_obs_fold;
    } else if (!request_.add_field({id, view(name), view(value)})) {
      ec = boost::beast::http::error::header_limit;
    }
  }
  void on_header_impl(error_code&) override { header_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(text part, error_code&) override {
    body_.append(view(part));
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text part, error_code&) override {
    body_.append(view(part));
    return part.size();
  }
  void on_finish_impl(error_code&) override {}

  request& request_;
  credcache::secret_buffer& body_;
  std::string_view input_;
  bool header_done_ = false;
};

}  // namespace credcached::http
