// Looks for a working key in everything this process can read. Secret memory can only be read from inside.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "credcache/cipher.hpp"
#include "memory_map.hpp"

namespace credcache::testing {

using key_bytes = std::array<unsigned char, 32>;

struct key_copies {
  std::size_t guarded = 0;
  std::vector<std::string> elsewhere;  ///< the regions
};

template <class IsAt>
key_copies find_copies(std::size_t size, IsAt is_at) {
  key_copies copies;
  for (const memory_region& region : memory_regions()) {
    if (region.permissions[0] != 'r' || region.name.starts_with("[v") || region.name.starts_with("/dev")) continue;
    const auto* const begin = reinterpret_cast<const unsigned char*>(region.begin);
    const auto* const last = reinterpret_cast<const unsigned char*>(region.end) - size;
    for (const auto* place = begin; place <= last; ++place) {
      if (!is_at(place)) continue;
      if (region.is_guarded()) {
        ++copies.guarded;
      } else {
        copies.elsewhere.push_back(region.name + " " + region.flags);
      }
    }
  }
  return copies;
}

/// The sealing key, each bit turned over: a search for it must not find the search itself.
inline key_bytes inverted_sealing_key(const master_key& key) {
  key_bytes bytes;
  key.derive("credcached sealing", bytes);
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(~byte);
  return bytes;
}

/// An AES-256 schedule begins with the key itself, on some machines with the bytes of each word reversed.
inline key_copies find_key(const key_bytes& inverted) {
  const auto is_at = [&](const unsigned char* place, std::size_t flip) {
    for (std::size_t i = 0; i < inverted.size(); ++i) {
      if (static_cast<unsigned char>(~inverted[i ^ flip]) != place[i]) return false;
    }
    return true;
  };
  return find_copies(inverted.size(), [&](const unsigned char* place) { return is_at(place, 0) || is_at(place, 3); });
}

}  // namespace credcache::testing
