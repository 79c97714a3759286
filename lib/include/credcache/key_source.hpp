// Where the master key comes from: random for this process (master_key::random), a file, or a systemd credential.
//
// Failure: std::runtime_error that says what was found, what was expected and where. A key file that group or others may
//          read is refused.
#pragma once

#include <filesystem>

#include "credcache/cipher.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// Who guarantees that nobody else reads the file.
enum class key_file_guard {
  mode,     ///< its mode: a regular file of this process's user or root, with no permission beyond 0600
  systemd,  ///< systemd, which made it for this service alone (it shows its access list as group permissions)
};

/// Reads a key of exactly 16, 24 or 32 bytes. They pass through locked memory only.
[[nodiscard]] master_key read_key_file(const std::filesystem::path& file, key_file_guard guard = key_file_guard::mode);

}  // namespace credcache::inline v1
#pragma GCC visibility pop
