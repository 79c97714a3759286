// A closed loop of requests: each connection has one request under way and sends the next one when it is answered.
// One thread, plain epoll. A probe may run beside it: one more connection that asks at a steady gap and shows how long
// the server let anybody wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "answer.hpp"

namespace bench {

struct question {
  std::string
      bytes;  ///< "{n}" stands for the number of the request, seven digits wide, so that the length never changes
  expectation expected;
};

struct probe_plan {
  question ask;
  std::chrono::microseconds gap{200};
};

struct plan {
  std::string address;
  std::optional<question> ask;  ///< none: the probe alone
  unsigned connections = 1;
  std::uint64_t first = 0;  ///< the number of the first request
  std::uint64_t count = 0;  ///< stop after so many requests; 0: by time alone
  std::chrono::duration<double> longest{60.0};
  std::optional<probe_plan> probe;
};

struct report {
  std::chrono::duration<double> wall{};
  std::vector<std::uint32_t> latencies;  ///< nanoseconds, in the order of the answers
  std::vector<std::uint32_t> probe;      ///< nanoseconds
};

/// Throws wrong_answer at the first answer that is not as expected.
[[nodiscard]] report run(const plan& what);

}  // namespace bench
