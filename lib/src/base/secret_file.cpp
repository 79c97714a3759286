#include "base/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "base/system_text.hpp"
#include "base/unique_fd.hpp"
#include "base/user_namespace.hpp"

namespace credcache::inline v1 {
namespace {

constexpr mode_t more_than_0600 = 07177;

// Empty if the file will do.
std::string complaint(const struct stat& info, file_guard guard, std::optional<uid_t> also) {
  if (!S_ISREG(info.st_mode)) return "found something that is not a regular file, expected one: choose another";
  if (guard == file_guard::regular) return "";
  if (!is_own_or_root(info.st_uid) && info.st_uid != also) {
    return "found owner uid " + std::to_string(info.st_uid) + ", expected uid " + std::to_string(::geteuid()) +
           " or root: chown it";
  }
  if ((info.st_mode & more_than_0600) != 0) {
    return "found mode " + octal(info.st_mode) +
           ", expected 0600 or stricter: chmod 0600 it, and replace its content if others could read it";
  }
  return "";
}

}  // namespace

std::size_t read_up_to(int fd, std::span<char> room) {
  std::size_t size = 0;
  while (size < room.size()) {
    const ssize_t count = ::read(fd, room.data() + size, room.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category());
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  return size;
}

std::optional<std::size_t> read_secret_file(std::string_view kind, const std::string& file, file_guard guard,
                                            std::span<char> room, std::optional<uid_t> also) {
  const auto refuse = [&](const std::string& text) {
    throw std::runtime_error(std::string(kind) + ' ' + file + ": " + text);
  };
  const unique_fd opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!opened && errno == ENOENT) return std::nullopt;
  struct stat info {};
  if (!opened || ::fstat(opened.get(), &info) != 0) refuse("cannot be opened: " + errno_text() + ": repair that");
  if (const std::string text = complaint(info, guard, also); !text.empty()) refuse(text);
  try {
    return read_up_to(opened.get(), room);
  } catch (const std::system_error& e) {
    refuse("cannot be read: " + e.code().message() + ": repair that");
    throw;  // not reached
  }
}

}  // namespace credcache::inline v1
