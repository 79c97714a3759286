// A forked child that ends as programs do, with its static objects destroyed.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "check.hpp"

template <class Work>
void in_child(const std::string& what, Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    std::exit(0);
  }
  int status = 0;
  check(::waitpid(child, &status, 0) == child, "the child can be waited for");
  if (WIFSIGNALED(status)) std::cerr << "the child was ended by signal " << WTERMSIG(status) << '\n';
  check(status == 0, what);
}
