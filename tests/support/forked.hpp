// Runs a function in a forked child: what a child inherits, and what only a process without privileges sees.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "only_thread.hpp"

namespace credcache::testing {

struct child_end {
  int code = -1;   ///< what `work` returned, if it returned
  int signal = 0;  ///< what killed it, if something did
};

/// `work` must not throw. A child has none of its parent's locked memory. No core file is written.
template <class Work>
child_end in_forked_child(Work work) {
  wait_for_other_threads();
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const int number : {SIGSEGV, SIGBUS, SIGABRT}) std::signal(number, SIG_DFL);
    ::_exit(work());
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return {};
  if (WIFSIGNALED(status)) return {-1, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace credcache::testing
