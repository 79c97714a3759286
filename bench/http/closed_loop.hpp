// A closed loop of requests: each connection has one request under way and sends the next one when it is answered, on
// the same connection or on a new one. One thread, plain epoll. A probe may run beside it: one more connection that
// asks at a steady gap and shows how long the server let anybody wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

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
  bool reconnect = false;   ///< a connection of its own for each request, closed when it is answered
  std::uint64_t first = 0;  ///< the number of the first request
  std::uint64_t count = 0;  ///< stop after so many requests; 0: by time alone
  std::chrono::duration<double> longest{60.0};
  std::chrono::duration<double> patience{30.0};  ///< how long after that an answer is still waited for
  std::optional<probe_plan> probe;
};

struct report {
  std::chrono::duration<double> wall{};
  // In the order of the answers. Deques: a growing vector copies itself, and the probe would count that as the
  // server's.
  std::deque<std::chrono::nanoseconds> latencies;
  std::deque<std::chrono::nanoseconds> probe;  ///< with the wait that had not ended when patience did
};

/// Throws wrong_answer at the first answer that is not as expected, std::runtime_error if one does not come in time.
[[nodiscard]] report run(const plan& what);

}  // namespace bench
