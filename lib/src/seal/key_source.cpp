#include "credcache/key_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

namespace credcache {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  throw std::runtime_error("key file " + file.string() + ": " + why);
}

struct descriptor {
  int fd;
  ~descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

void check_guard(const std::filesystem::path& file, const struct stat& info, key_file_guard guard) {
  if (!S_ISREG(info.st_mode)) refuse(file, "found something that is not a regular file, expected one");
  if (guard == key_file_guard::systemd) return;
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    refuse(file, "found owner uid " + std::to_string(info.st_uid) + ", expected uid " + std::to_string(::geteuid()) +
                     " or root (chown it)");
  }
  if ((info.st_mode & 077) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", info.st_mode & 07777);
    refuse(file, std::string("found mode ") + mode + ", expected one that only the owner can read (chmod 0600)");
  }
}

}  // namespace

master_key read_key_file(const std::filesystem::path& file, key_file_guard guard) {
  const descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (opened.fd < 0) refuse(file, std::string("cannot be opened: ") + std::strerror(errno));
  struct stat info {};
  if (::fstat(opened.fd, &info) != 0) refuse(file, std::string("cannot be examined: ") + std::strerror(errno));
  check_guard(file, info, guard);

  locked_memory bytes(33);  // one more than the longest key, to notice a longer file
  std::size_t size = 0;
  while (size < 33) {
    const ssize_t got = ::read(opened.fd, bytes.bytes().data() + size, 33 - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(file, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size != 16 && size != 24 && size != 32) {
    refuse(file, "found " + (size > 32 ? std::string("more than 32") : std::to_string(size)) +
                     " bytes, expected exactly 16, 24 or 32 (head -c 32 /dev/urandom > FILE makes one)");
  }
  return master_key(bytes.bytes().first(size));
}

}  // namespace credcache
