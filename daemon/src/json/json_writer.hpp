// Writes JSON text straight into a clearing buffer: no tree in between that would hold values a second time.
//
// Text is escaped as RFC 8259 asks; bytes that are not UTF-8 (an environment may hold them) become U+FFFD.
// Thread safety: none. The caller is responsible for the order of calls; commas are put by the writer.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "credcache/clock.hpp"
#include "credcache/secret.hpp"

namespace credcached::json {

/// Appends `text` escaped, without quotes.
void append_escaped(credcache::secret_buffer& out, std::string_view text);

/// `text` as a JSON string, with its quotes. For names, never for values: the result is an ordinary string.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// Appends a whole number in decimal.
void append_number(credcache::secret_buffer& out, std::int64_t number);

/// Appends "2026-11-22T12:00:00Z" (RFC 3339, UTC, whole seconds, rounded down).
void append_time(credcache::secret_buffer& out, credcache::wall_time time);

class json_writer {
 public:
  explicit json_writer(credcache::secret_buffer& out) noexcept : out_(out) {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name) {
    string(name);
    out_.push_back(':');
    comma_ = false;
    return *this;
  }
  json_writer& string(std::string_view text) {
    separate();
    out_.push_back('"');
    append_escaped(out_, text);
    out_.push_back('"');
    return *this;
  }
  /// Empty text is null.
  json_writer& string_or_null(std::string_view text) { return text.empty() ? null() : string(text); }
  json_writer& number(std::int64_t n) {
    separate();
    append_number(out_, n);
    return *this;
  }
  json_writer& boolean(bool b) { return literal(b ? "true" : "false"); }
  json_writer& null() { return literal("null"); }
  json_writer& time(credcache::wall_time t) {
    separate();
    out_.push_back('"');
    append_time(out_, t);
    out_.push_back('"');
    return *this;
  }
  /// Text that is JSON already.
  json_writer& literal(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
  }

  template <class List>
  json_writer& strings(const List& list) {
    begin_array();
    for (const auto& text : list) string(text);
    return end_array();
  }

 private:
  json_writer& open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
    return *this;
  }
  json_writer& close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
    return *this;
  }
  void separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
  }

  credcache::secret_buffer& out_;
  bool comma_ = false;
};

}  // namespace credcached::json
