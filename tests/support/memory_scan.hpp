// Reads the memory of another process, as somebody with a debugger would (root or the same user, by /proc/PID/mem).
//
// Thread safety: none. Failure: std::runtime_error if the memory cannot be opened; pages that the kernel keeps even
// from root (memfd_secret, [vvar]) are passed over. The process goes on meanwhile: let it be idle.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace credcached::testing {

/// One place where the text was found.
struct finding {
  std::uint64_t address = 0;
  std::string mapping;  ///< its line in /proc/PID/maps
  std::string around;   ///< the bytes from a little before to a little behind it, made visible
};
std::ostream& operator<<(std::ostream& stream, const finding& found);
std::ostream& operator<<(std::ostream& stream, const std::vector<finding>& all);

/// Every occurrence in every readable mapping: heap, stacks, anonymous memory, the executable's own data.
std::vector<finding> find_in_memory(pid_t process, std::string_view text);

/// `size` bytes at `address`; shorter where the mapping ends.
std::string read_memory(pid_t process, std::uint64_t address, std::size_t size);

}  // namespace credcached::testing
