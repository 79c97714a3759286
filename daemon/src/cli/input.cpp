#include "cli/input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

#include "base/secret_file.hpp"
#include "base/system_text.hpp"
#include "base/text_file.hpp"
#include "base/unique_fd.hpp"
#include "cli/exit_code.hpp"

namespace credcached::cli {
namespace {

/// More than the daemon takes in any configuration; stops a wrong file name from filling the memory.
constexpr std::size_t longest_file = 16 << 20;
constexpr std::size_t piece = 16 * 1024;

[[noreturn]] void cannot_read(std::string_view called, std::string_view why) {
  throw usage_error(fmt::format("cannot read {}: {}", called, why));
}

credcache::secret_buffer read_all(int file, std::string_view called) {
  credcache::secret_buffer content;
  std::size_t count = piece;
  while (count == piece && content.size() <= longest_file) {
    const auto before = content.size();
    content.resize(before + piece);
    try {
      count = credcache::read_up_to(file, content.bytes().subspan(before));
    } catch (const std::system_error& e) {
      cannot_read(called, e.code().message());
    }
    content.resize(before + count);
  }
  if (content.size() > longest_file) cannot_read(called, "it has more than 16 MiB");
  return content;
}

}  // namespace

void check_encoding(std::string_view text, std::string_view called) {
  if (const auto wrong = credcache::encoding_complaint(text); !wrong.empty())
    throw usage_error(fmt::format("found {} in {}, expected text in UTF-8", wrong, called));
}

credcache::secret_buffer read_text(const std::string& file, std::string_view called) {
  const bool standard_input = file == "-";
  const credcache::unique_fd opened{standard_input ? -1 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!standard_input && !opened) cannot_read(called, credcache::errno_text());
  const auto content = read_all(standard_input ? STDIN_FILENO : opened.get(), called);
  check_encoding(content.reveal(), called);
  credcache::secret_buffer text;
  text.append(credcache::value_in(content.reveal()));
  return text;
}

}  // namespace credcached::cli
