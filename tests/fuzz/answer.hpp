// Reads HTTP answers as a client does, and strictly.
#pragma once

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <map>
#include <string>
#include <string_view>

#include "expect.hpp"

namespace credcached::fuzzing {

struct answer {
  unsigned status = 0;
  std::map<std::string, std::string_view> fields;
  std::string body;
};

/// Takes a body in chunks (RFC 9112, 7.1) off the front of `stream`.
inline std::string take_chunks(std::string_view& stream) {
  std::string body;
  for (;;) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(stream.data(), stream.data() + stream.size(), size, 16);
    stream.remove_prefix(static_cast<std::size_t>(end - stream.data()));
    expect(error == std::errc{} && stream.starts_with("\r\n"), "a chunk begins with its size", stream);
    stream.remove_prefix(2);
    expect(stream.size() >= size + 2 && stream.substr(size, 2) == "\r\n", "a chunk is as long as it says", stream);
    body.append(stream.substr(0, size));
    stream.remove_prefix(size + 2);
    if (size == 0) return body;
  }
}

/// Takes one answer off the front of `stream`.
inline answer take_answer(std::string_view& stream, bool head) {
  constexpr std::string_view version = "HTTP/1.1 ";
  answer a;
  const std::string_view whole = stream;
  const std::size_t end = stream.find("\r\n\r\n");
  expect(end != std::string_view::npos, "an answer has a whole header", whole);
  std::string_view header = stream.substr(0, end + 2);
  stream.remove_prefix(end + 4);
  const auto take_line = [&] {
    const std::size_t size = header.find("\r\n");
    const std::string_view line = header.substr(0, size);
    header.remove_prefix(size + 2);
    return line;
  };
  const std::string_view first = take_line();
  const bool good = first.starts_with(version) && first.size() > 13 && first[12] == ' ';
  expect(good, "an answer begins with a status line", first);
  std::from_chars(first.data() + version.size(), first.data() + version.size() + 3, a.status);
  expect(a.status >= 100 && a.status < 600, "a status has three digits", first);
  while (!header.empty()) {
    const std::string_view line = take_line();
    for (const char c : line)
      expect(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "a field has no control characters", line);
    const std::size_t colon = line.find(": ");
    expect(colon != std::string_view::npos && colon != 0, "a field has a name and a value", line);
    const std::string name(line.substr(0, colon));
    const bool first_of_its_name = a.fields.emplace(name, line.substr(colon + 2)).second;
    expect(first_of_its_name || name == "Connection", "a field is there once", line);
  }
  if (a.status == 100) return a;
  expect(a.fields["Cache-Control"] == "no-store", "no answer may be stored", whole);
  expect(!a.fields["Date"].empty(), "an answer has a date", whole);

  if (a.status == 204) {
    expect(!a.fields.contains("Content-Length"), "204 has no length", whole);
    return a;
  }
  std::string_view digits = a.fields["Content-Length"];
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  std::size_t length = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool has_length = !digits.empty() && error == std::errc{} && rest == digits.data() + digits.size();
  const bool chunked = a.fields["Transfer-Encoding"] == "chunked";
  const bool ends_the_stream = a.fields["Connection"].ends_with("close") && !has_length;  // for HTTP/1.0
  expect(has_length + chunked + ends_the_stream == 1, "the end of a body can be told in one way", whole);
  if (head) return a;
  if (chunked) {
    a.body = take_chunks(stream);
  } else {
    if (ends_the_stream) length = stream.size();
    expect(stream.size() >= length, "Content-Length is the length of the body", whole);
    a.body = stream.substr(0, length);
    stream.remove_prefix(length);
  }
  if (a.fields["Content-Type"] != "application/json") {
    expect(a.status < 400, "an error is JSON", whole);
    return a;
  }
  boost::json::error_code wrong;
  const auto value = boost::json::parse({a.body.data(), a.body.size()}, wrong);
  expect(!wrong, "JSON can be parsed", a.body);
  if (a.status < 400) return a;
  const auto* const error_body = value.if_object();
  expect(error_body != nullptr && error_body->contains("errorType") && error_body->at("errorType").is_string(),
         "an error has its errorType", a.body);
  const auto* const details = error_body->if_contains("details");
  expect(details != nullptr && details->is_array() && !details->get_array().empty(), "an error has details", a.body);
  return a;
}

}  // namespace credcached::fuzzing
