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

void check_owner(const std::string& folder, const struct stat& info, std::string_view or_choose) {
  if (credcache::is_own_or_root(info.st_uid)) return;
  refuse(folder, ": found owner uid {}, expected uid {} or root: chown it{}", info.st_uid, ::geteuid(), or_choose);
}

}  // namespace

credcache::unique_fd open_trusted_folder(const std::string& folder, mode_t mode, std::string_view or_choose) {
  const bool made = ::mkdir(folder.c_str(), 0700) == 0;
  if (!made && errno != EEXIST)
    refuse(folder, " cannot be made: {}: make it yourself{}", credcache::errno_text(), or_choose);
  struct stat info {};
  if (::lstat(folder.c_str(), &info) == 0) check_owner(folder, info, or_choose);  // of the link, if it is one
  credcache::unique_fd opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened || ::fstat(opened.get(), &info) != 0)
    refuse(folder, " cannot be opened: {}: repair it{}", credcache::errno_text(), or_choose);
  check_owner(folder, info, or_choose);
  if ((info.st_mode & 022U) != 0 && (info.st_mode & S_ISVTX) == 0) {
    refuse(folder, ": found mode {}, expected one in which nobody but the owner can write: chmod go-w it{}",
           credcache::octal(info.st_mode), or_choose);
  }
  if (made && ::fchmod(opened.get(), mode) != 0)
    refuse(folder, " does not take a mode: {}: choose another{}", credcache::errno_text(), or_choose);
  return opened;
}

}  // namespace credcached::platform
