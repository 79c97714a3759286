// A host that makes itself a daemon after it has made a service: two forks, a session of its own, every descriptor
// closed. The service says what to do, and one that is made then works.
#include <fcntl.h>

#include <optional>
#include <stdexcept>

#include "child.hpp"
#include "embedded.hpp"

namespace {

// What the daemon found: a text, or "" if all is well.
std::string life_of_the_daemon(std::optional<embedded>& made_before) {
  try {
    made_before->resolve();
    return "a key of the process before was used";
  } catch (const std::logic_error& e) {
    if (std::string_view(e.what()).find("after fork()") == std::string_view::npos) return e.what();
  }
  made_before.emplace();
  made_before->resolve();
  made_before->list();
  return {};
}

void become_a_daemon(int report) {
  if (::fork() != 0) ::_exit(0);
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  ::dup2(report, 0);
  ::close_range(1, ~0U, 0);
}

}  // namespace

int main() {
  std::optional<embedded> library(std::in_place);
  library->resolve();
  int report[2];
  check(::pipe(report) == 0, "a pipe can be made");
  const pid_t starter = ::fork();
  if (starter == 0) {
    become_a_daemon(report[1]);
    const std::string found = life_of_the_daemon(library) + '\n';
    ::_exit(::write(0, found.data(), found.size()) == static_cast<ssize_t>(found.size()) ? 0 : 1);
  }
  ::close(report[1]);
  check(::waitpid(starter, nullptr, 0) == starter, "the first process of the daemon ends");
  std::string found(200, '\0');
  const ssize_t size = ::read(report[0], found.data(), found.size());  // ends with the daemon
  found.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  check(found == "\n", found.empty() ? "the daemon lives" : found);
  library->resolve();  // of the process that was there first

  ::close_range(0, ~0U, 0);
  library->resolve();
  library->add();
}
