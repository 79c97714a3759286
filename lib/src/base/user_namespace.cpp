#include "base/user_namespace.hpp"

#include <unistd.h>

#include <cstdint>
#include <fstream>

namespace credcache::inline v1 {

// A line is "first uid inside, first uid outside, how many"; without a map the file is empty, and a kernel without user
// namespaces has no such file.
bool maps_all_users() {
  std::ifstream map("/proc/self/uid_map");
  if (!map) return ::access("/proc/self/status", F_OK) == 0;
  std::uint64_t inside = 0, outside = 0, count = 0;
  return (map >> inside >> outside >> count) && inside == 0 && count == UINT32_MAX;
}

std::optional<uid_t> overflow_uid() {
  if (maps_all_users()) return std::nullopt;
  constexpr uid_t usual = 65534;
  uid_t uid = usual;
  std::ifstream("/proc/sys/kernel/overflowuid") >> uid;
  return uid;
}

bool is_own_or_root(uid_t uid) {
  return (uid == ::geteuid() || uid == 0) && uid != overflow_uid();
}

}  // namespace credcache::inline v1
