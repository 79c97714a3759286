// Reads a small file that holds a secret into memory of the caller, which clears itself.
//
// Thread safety: may be called from every thread.
// Failure:       std::runtime_error, "KIND FILE: found …, expected …: what to do"; no message shows content.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace credcache::inline v1 {

/// What a file has to be. Never waits for one that is something else, such as a pipe.
enum class file_guard : std::uint8_t {
  regular,     ///< a regular file
  owner_only,  ///< a regular file of this process's user or root, with no permission beyond 0600
};

/// Reads the beginning of `file`, as much as there is room for, and returns how much that was: make room for one byte
/// more than is allowed to notice a longer file. Nothing if there is no such file. `kind` names it in messages, such
/// as "key file". `also` is another user whose file it may be.
[[nodiscard]] std::optional<std::size_t> read_secret_file(std::string_view kind, const std::string& file,
                                                          file_guard guard, std::span<char> room,
                                                          std::optional<uid_t> also = {});

/// Reads until `room` is full or the end has come; std::system_error.
[[nodiscard]] std::size_t read_up_to(int fd, std::span<char> room);

}  // namespace credcache::inline v1
