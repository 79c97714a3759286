// A folder in which nobody but this user and root decides what a name means: where sockets and tokens are made.
//
// Thread safety: may be called from every thread.
// Failure:       std::runtime_error, one line: found, expected, what to do.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/unique_fd.hpp"

namespace credcached::platform {

/// Opens `folder`; its last component is made with `mode` if it is missing. It must belong to this user or root, as must
/// the link if it is one, and be writable for nobody else, or be sticky, like /tmp. What is then done relative to the
/// descriptor is done in the folder that was examined, whatever happens to its name.
/// `or_choose` is how messages end: " or choose another …".
[[nodiscard]] credcache::unique_fd open_trusted_folder(const std::string& folder, mode_t mode,
                                                       std::string_view or_choose);

/// What lets somebody besides this user and root change a file or folder, and what to do: "found mode 0664, expected …".
/// "" if nothing does, or if it cannot be looked at.
[[nodiscard]] std::string found_writable(const std::string& path);

}  // namespace credcached::platform
