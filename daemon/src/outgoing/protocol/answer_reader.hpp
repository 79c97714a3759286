// Reads one HTTP answer into memory that clears itself: the courier that of the remote host, the daemon that of its
// courier. What nobody needs is passed over while it is read.
//
// Thread safety: none.
// Failure:       an error code of Beast; header_limit and body_limit are errors as all others.
// Source:        RFC 9112; Beast's parser over storage of our own.
#pragma once

#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string_view>

#include "credcache/secret.hpp"

namespace credcached::outgoing {

/// A field that is kept.
enum class answer_field : std::uint8_t {
  content_type,
  date,
  retry_after,
  www_authenticate,
  subject_token,  ///< where Keystone says its token
  // Said by the courier about the exchange. What a remote host says under these names is passed over.
  outcome,
  connect_ms,
  latency_ms,
};
inline constexpr std::size_t answer_fields = 8;
/// Those before this one come from the remote host.
inline constexpr std::size_t remote_fields = static_cast<std::size_t>(answer_field::outcome);

[[nodiscard]] std::string_view to_string(answer_field field) noexcept;

/// Who speaks.
enum class speaker : bool { remote_host, courier };

struct read_answer {
  unsigned status = 0;
  std::array<credcache::secret_buffer, answer_fields> fields;
  bool encoded = false;  ///< the body is compressed or otherwise not itself
  credcache::secret_buffer body;

  [[nodiscard]] std::string_view field(answer_field name) const noexcept {
    return fields[static_cast<std::size_t>(name)].reveal();
  }
};

class answer_reader final : private boost::beast::http::basic_parser<false> {
 public:
  using error_code = boost::beast::error_code;

  answer_reader(read_answer& into, speaker who);

  /// Takes what it can of `bytes`, and says how much: what is left has to come again, with more behind it.
  [[nodiscard]] std::size_t read(std::string_view bytes, error_code& error);
  /// Nothing follows: an error if the answer is not whole.
  void end(error_code& error);

  using basic_parser::is_done;
  using basic_parser::is_header_done;
  /// Whether the header alone says how long the answer is.
  [[nodiscard]] bool has_length() { return content_length().has_value(); }

 private:
  using text = boost::beast::string_view;
  using length = boost::optional<std::uint64_t>;

  void on_response_impl(int status, text, int, error_code&) override { into_.status = static_cast<unsigned>(status); }
  void on_field_impl(boost::beast::http::field, text name, text value, error_code& error) override;
  void on_body_init_impl(const length& size, error_code& error) override;
  std::size_t on_body_impl(text part, error_code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t, text part, error_code& e) override { return on_body_impl(part, e); }
  void on_request_impl(boost::beast::http::verb, text, text, int, error_code&) override {}
  void on_header_impl(error_code&) override { header_read_ = true; }
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  read_answer& into_;
  speaker who_;
  std::size_t header_size_ = 0;
  bool header_read_ = false;
};

}  // namespace credcached::outgoing
