// Reads HTTP answers as a client does, and strictly.
#pragma once

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
  std::string_view body;
};

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
    expect(a.fields.emplace(name, line.substr(colon + 2)).second, "a field is there once", line);
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
  expect(error == std::errc{} && rest == digits.data() + digits.size(), "an answer has a length", whole);
  if (head) return a;
  expect(stream.size() >= length, "Content-Length is the length of the body", whole);
  a.body = stream.substr(0, length);
  stream.remove_prefix(length);
  if (a.fields["Content-Type"] != "application/json") {
    expect(a.status < 400, "an error is JSON", whole);
    return a;
  }
  boost::json::error_code wrong;
  const auto value = boost::json::parse({a.body.data(), a.body.size()}, wrong);
  expect(!wrong, "JSON can be parsed", a.body);
  if (a.status < 400) return a;
  const auto* const problem = value.if_object();
  expect(problem != nullptr && problem->contains("errorType") && problem->at("errorType").is_string(),
         "an error has its errorType", a.body);
  const auto* const details = problem->if_contains("details");
  expect(details != nullptr && details->is_array() && !details->get_array().empty(), "an error has details", a.body);
  return a;
}

}  // namespace credcached::fuzzing
