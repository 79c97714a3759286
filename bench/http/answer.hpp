// What a right answer looks like, and where it ends. Every answer of every benchmark passes through here.
//
// Failure: wrong_answer, which says what was expected and what came; it ends the benchmark.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

struct expectation {
  enum class kind { http, resp, raw };
  static constexpr long any_length = -1;

  kind protocol = kind::http;
  int status = 200;  ///< HTTP only
  long body =
      any_length;  ///< bytes of the body, of the bulk string, or of the whole raw answer; a simple string (+OK) has 0
};

/// Parses "http", "resp" or "raw".
[[nodiscard]] expectation::kind protocol_named(std::string_view name);

class wrong_answer : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// True once `received` is exactly one whole and right answer, false while more has to come.
[[nodiscard]] bool is_complete(const expectation& expected, std::string_view received);

}  // namespace bench
