#include "answer.hpp"

#include <strings.h>

#include <charconv>
#include <optional>

namespace bench {
namespace {

[[noreturn]] void refuse(const std::string& expected, std::string_view received) {
  throw wrong_answer("expected " + expected + ", got " + std::to_string(received.size()) +
                     " bytes: " + std::string(received.substr(0, 400)));
}

long number_at(std::string_view text, std::size_t begin, std::string_view whole) {
  while (begin < text.size() && text[begin] == ' ') ++begin;
  long value = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), value);
  if (error != std::errc{}) refuse("a number at byte " + std::to_string(begin), whole);
  return value;
}

std::optional<long> content_length(std::string_view header, std::string_view whole) {
  constexpr std::string_view name = "\r\nContent-Length:";
  for (auto at = header.find("\r\n"); at != std::string_view::npos; at = header.find("\r\n", at + 2)) {
    if (header.size() - at > name.size() && strncasecmp(header.data() + at, name.data(), name.size()) == 0)
      return number_at(header, at + name.size(), whole);
  }
  return std::nullopt;
}

/// Compares the length that the answer announces with the expected one, then says whether all of it has come.
bool arrived(const expectation& expected, long announced, std::size_t before_body, std::size_t after_body,
             std::string_view received) {
  if (expected.body != expectation::any_length && announced != expected.body)
    refuse("a body of " + std::to_string(expected.body) + " bytes, not " + std::to_string(announced), received);
  const auto whole = before_body + static_cast<std::size_t>(announced) + after_body;
  if (received.size() > whole) refuse("an answer of " + std::to_string(whole) + " bytes", received);
  return received.size() == whole;
}

bool http_is_complete(const expectation& expected, std::string_view received) {
  const auto end_of_header = received.find("\r\n\r\n");
  if (end_of_header == std::string_view::npos) return false;
  constexpr std::string_view version = "HTTP/1.1 ";
  if (!received.starts_with(version) || number_at(received, version.size(), received) != expected.status)
    refuse("HTTP status " + std::to_string(expected.status), received);
  const auto length = content_length(received.substr(0, end_of_header + 2), received);
  if (!length && expected.status != 204) refuse("a Content-Length", received);
  return arrived(expected, length.value_or(0), end_of_header + 4, 0, received);
}

bool resp_is_complete(const expectation& expected, std::string_view received) {
  const auto end_of_line = received.find("\r\n");
  if (end_of_line == std::string_view::npos) return false;
  if (received[0] == '+' || received[0] == ':') return arrived(expected, 0, end_of_line + 2, 0, received);
  if (received[0] != '$' || received[1] == '-') refuse("a bulk string, a simple string or an integer", received);
  return arrived(expected, number_at(received, 1, received), end_of_line + 2, 2, received);
}

}  // namespace

expectation::kind protocol_named(std::string_view name) {
  if (name == "http") return expectation::kind::http;
  if (name == "resp") return expectation::kind::resp;
  if (name == "raw") return expectation::kind::raw;
  throw std::invalid_argument("protocol: http, resp or raw, not " + std::string(name));
}

bool is_complete(const expectation& expected, std::string_view received) {
  if (received.empty()) return false;
  switch (expected.protocol) {
    case expectation::kind::http:
      return http_is_complete(expected, received);
    case expectation::kind::resp:
      return resp_is_complete(expected, received);
    case expectation::kind::raw:
      return arrived(expected, expected.body, 0, 0, received);
  }
  return false;
}

}  // namespace bench
