// How messages show what the operating system says: errno and file modes.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace credcache::inline v1 {

/// "Permission denied": what errno says.
[[nodiscard]] inline std::string errno_text(int error = errno) {
  return std::generic_category().message(error);
}

/// "0600": permissions as chmod takes them.
[[nodiscard]] inline std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", mode & 07777U);
  return text;
}

}  // namespace credcache::inline v1
