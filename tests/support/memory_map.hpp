// /proc/self/smaps, read: what the kernel says of a piece of this process's memory.
#pragma once

#include <charconv>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace credcache::testing {

struct memory_region {
  std::uintptr_t begin = 0, end = 0;
  std::string permissions;
  std::string name;   ///< file, "[heap]", "/secretmem (deleted)", or empty
  std::string flags;  ///< as VmFlags has them: "rd wr mr mw me dd lo "

  [[nodiscard]] bool holds(const void* address) const {
    const auto place = reinterpret_cast<std::uintptr_t>(address);
    return place >= begin && place < end;
  }
  [[nodiscard]] bool has(const char* flag) const { return flags.find(flag) != std::string::npos; }
  /// Locked, left out of core dumps, and wiped in or absent from a forked child.
  [[nodiscard]] bool is_guarded() const {
    return has("dd ") && (has("lo ") || name.starts_with("/secretmem")) && (has("wf ") || has("dc "));
  }
};

inline std::vector<memory_region> memory_regions() {
  std::vector<memory_region> regions;
  std::ifstream smaps("/proc/self/smaps");
  for (std::string line; std::getline(smaps, line);) {
    if (line.starts_with("VmFlags: ")) {
      regions.back().flags = line.substr(9) + " ";
      continue;
    }
    const auto dash = line.find('-');
    const auto blank = line.find(' ');
    if (dash > blank || blank == std::string::npos || line[blank - 1] == ':') continue;
    memory_region region;
    std::from_chars(line.data(), line.data() + dash, region.begin, 16);
    std::from_chars(line.data() + dash + 1, line.data() + blank, region.end, 16);
    region.permissions = line.substr(blank + 1, 4);
    if (const auto name = line.find_first_of("/["); name != std::string::npos) region.name = line.substr(name);
    regions.push_back(region);
  }
  return regions;
}

inline memory_region region_of(const void* address) {
  for (const memory_region& region : memory_regions()) {
    if (region.holds(address)) return region;
  }
  return {};
}

}  // namespace credcache::testing
