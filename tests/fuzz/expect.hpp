// What a fuzz target holds to be true. A sentence that is not true ends the process: libFuzzer keeps the input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace credcached::fuzzing {

inline void expect(bool true_one, std::string_view sentence, std::string_view found = {}) {
  if (true_one) return;
  std::fprintf(stderr, "FAILED: %.*s\nfound: %.*s\n", static_cast<int>(sentence.size()), sentence.data(),
               static_cast<int>(found.size()), found.data());
  std::abort();
}

inline std::string_view text_of(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The one line that a refused file ends with: where, found, expected.
inline void expect_message(std::string_view message, std::string_view file) {
  expect(message.starts_with(file), "a refusal begins with the name of the file", message);
  expect(message.find(": found ") != std::string_view::npos, "a refusal says what was found", message);
  expect(message.find(", expected ") != std::string_view::npos, "a refusal says what was expected", message);
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    expect(byte >= 0x20 && byte != 0x7f, "a refusal is one line without control characters", message);
  }
}

}  // namespace credcached::fuzzing
