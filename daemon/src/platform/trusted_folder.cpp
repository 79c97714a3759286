#include "platform/trusted_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

#include "base/system_text.hpp"
#include "base/user_namespace.hpp"

namespace credcached::platform {
namespace {

template <class... Args>
[[noreturn]] void refuse(const std::string& folder, fmt::format_string<Args...> text, Args&&... args) {
  throw std::runtime_error("directory " + folder + fmt::format(text, std::forward<Args>(args)...));
}

std::string found_owner(const struct stat& info) {
  if (credcache::is_own_or_root(info.st_uid)) return "";
  return fmt::format("found owner uid {}, expected uid {} or root: chown it", info.st_uid, ::geteuid());
}

std::string found_mode(const struct stat& info) {
  if ((info.st_mode & 022U) == 0 || (S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0)) return "";
  return fmt::format("found mode {}, expected one in which nobody but the owner can write: chmod go-w it",
                     credcache::octal(info.st_mode));
}

void check(const std::string& folder, const std::string& found, std::string_view or_choose) {
  if (!found.empty()) refuse(folder, ": {}{}", found, or_choose);
}

}  // namespace

credcache::unique_fd open_trusted_folder(const std::string& folder, mode_t mode, std::string_view or_choose) {
  const bool made = ::mkdir(folder.c_str(), 0700) == 0;
  if (!made && errno != EEXIST)
    refuse(folder, " cannot be made: {}: make it yourself{}", credcache::errno_text(), or_choose);
  struct stat info {};
  if (::lstat(folder.c_str(), &info) == 0) check(folder, found_owner(info), or_choose);  // of the link, if it is one
  credcache::unique_fd opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened || ::fstat(opened.get(), &info) != 0)
    refuse(folder, " cannot be opened: {}: repair it{}", credcache::errno_text(), or_choose);
  check(folder, found_owner(info), or_choose);
  check(folder, found_mode(info), or_choose);
  if (made && ::fchmod(opened.get(), mode) != 0)
    refuse(folder, " does not take a mode: {}: choose another{}", credcache::errno_text(), or_choose);
  return opened;
}

std::string found_writable(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "";
  const std::string owner = found_owner(info);
  return owner.empty() ? found_mode(info) : owner;
}

}  // namespace credcached::platform
