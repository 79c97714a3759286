#include "cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/system_text.hpp"
#include "base/text.hpp"
#include "cli/verbs.hpp"
#include "formats/output_format.hpp"
#include "json/visible_json.hpp"

namespace credcached::cli {

namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EPIPE && fd == STDOUT_FILENO)
      throw std::runtime_error("cannot write to standard output: " + credcache::errno_text());
    if (count < 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

void print(std::string_view text) {
  write_all(STDOUT_FILENO, text);
}

void print_line(std::string_view text) {
  print(text);
  if (!text.ends_with('\n')) print("\n");
}

void print_json(std::string_view text) {
  credcache::secret_buffer shown(text.size());
  json::append_visible(shown, text);
  print_line(shown.reveal());
}

void print_failing_command(std::string_view format) {
  const auto* const known = formats::find_output_format(format);
  if (known != nullptr && !known->failing_command.empty()) print_line(known->failing_command);
}

void print_error(std::string_view text) {
  write_all(STDERR_FILENO, "credcached: " + credcache::printable(text) + "\n");
}

void print_hint(std::string_view text) {
  write_all(STDERR_FILENO, "  " + credcache::printable(text) + "\n");
}

bool use_color() {
  const auto* no = std::getenv("NO_COLOR");
  const auto* terminal = std::getenv("TERM");
  return (no == nullptr || *no == '\0') && terminal != nullptr && std::strcmp(terminal, "dumb") != 0 &&
         ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace credcached::cli
