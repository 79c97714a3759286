// What the tests of platform/ share: children, because most of what is tested there changes the whole process or takes
// another user.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "as_root.hpp"
#include "files.hpp"
#include "only_thread.hpp"

namespace platform_testing {

using credcached::testing::as_root;
using credcached::testing::contains;
using credcached::testing::read_text;
using credcached::testing::temporary_folder;
using credcached::testing::write_text;

constexpr uid_t nobody = 65534;

struct child_outcome {
  int status = 0;    ///< as waitpid gives it; 0: the child returned normally
  std::string text;  ///< what it wrote to standard error
};

/// For use in children, where Boost's assertions would speak to the wrong process.
inline void require(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error("failed: " + what);
}

template <class Body>
child_outcome in_child(Body body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  credcache::testing::wait_for_other_threads();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    for (const int signal : {SIGABRT, SIGSEGV, SIGALRM, SIGCHLD})
      ::signal(signal, SIG_DFL);  // Boost.Test's are not ours
    ::dup2(ends[1], STDERR_FILENO);
    try {
      body();
      ::_exit(0);
    } catch (const std::exception& e) {
      ::dprintf(ends[1], "%s\n", e.what());
    }
    ::_exit(1);
  }
  ::close(ends[1]);
  child_outcome result;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    result.text.append(buffer, static_cast<std::size_t>(got));
  ::close(ends[0]);
  ::waitpid(child, &result.status, 0);
  return result;
}

template <class Body>
void succeeds_in_child(Body body) {
  const child_outcome result = in_child(body);
  BOOST_TEST(result.status == 0, result.text);
}

inline void become_nobody() {
  require(::setresgid(nobody, nobody, nobody) == 0 && ::setresuid(nobody, nobody, nobody) == 0, "become nobody");
}

/// The message of the exception that `body` throws, "" if it throws none.
template <class Body>
std::string refusal(Body body) {
  try {
    body();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

}  // namespace platform_testing
