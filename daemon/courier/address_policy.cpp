#include "address_policy.hpp"

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cstring>
#include <span>

namespace credcached::courier {

namespace {

namespace ip = boost::asio::ip;

struct range_v4 {
  std::array<unsigned char, 4> base;
  unsigned bits;
  reach what;
};

// The first row that holds the address decides.
constexpr range_v4 ranges_v4[] = {
    {{100, 100, 100, 200}, 32, reach::never},  // Alibaba's metadata
    {{168, 63, 129, 16}, 32, reach::never},    // Azure's wire server
    {{0, 0, 0, 0}, 8, reach::never},           // this network
    {{169, 254, 0, 0}, 16, reach::never},      // link-local, and nearly everybody's metadata
    {{192, 0, 0, 0}, 24, reach::never},        // protocol assignments; Oracle's metadata
    {{224, 0, 0, 0}, 4, reach::never},         // multicast
    {{240, 0, 0, 0}, 4, reach::never},         // reserved, broadcast
    {{127, 0, 0, 0}, 8, reach::loopback},     {{10, 0, 0, 0}, 8, reach::some},    {{172, 16, 0, 0}, 12, reach::some},
    {{192, 168, 0, 0}, 16, reach::some},      {{100, 64, 0, 0}, 10, reach::some},  // carrier-grade NAT
    {{198, 18, 0, 0}, 15, reach::some},                                            // benchmarks of networks
};

struct range_v6 {
  std::array<unsigned char, 16> base;
  unsigned bits;
  reach what;
};

constexpr range_v6 ranges_v6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, reach::loopback},
    {{}, 96, reach::never},                                          // unspecified, IPv4-compatible
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, reach::never},  // IPv4-mapped
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, reach::never},        // local NAT64
    {{0x01, 0x00}, 64, reach::never},                                // discarded
    {{0x20, 0x01}, 23, reach::never},                                // protocol assignments, Teredo
    {{0x20, 0x02}, 16, reach::never},                                // 6to4
    {{0xfd, 0x00, 0x0e, 0xc2}, 32, reach::never},                    // AWS: metadata, time, names
    {{0xfd, 0x20, 0x00, 0xce}, 32, reach::never},                    // Google's metadata
    {{0xfe, 0x80}, 10, reach::never},                                // link-local
    {{0xfe, 0xc0}, 10, reach::never},                                // site-local, given up
    {{0xff}, 8, reach::never},                                       // multicast
    {{0xfd, 0x00, 0xa9, 0xfe}, 32, reach::never},                    // Akamai's metadata
    {{0xfd, 0x00, 0x00, 0xc1}, 32, reach::never},                    // Oracle's metadata
    {{0xfd, 0x00, 0x00, 0x42}, 32, reach::never},                    // Scaleway's metadata
    {{0xfc}, 7, reach::some},                                        // unique local
    {{0x20}, 3, reach::everybody},                                   // what is given out (RFC 4291, 2.4)
    {{}, 0, reach::never},                                           // the rest; some of it hides an IPv4 address
};

constexpr std::array<unsigned char, 12> nat64{0x00, 0x64, 0xff, 0x9b};

bool has_prefix(std::span<const unsigned char> address, std::span<const unsigned char> base, unsigned bits) noexcept {
  const std::size_t whole = bits / 8;
  if (std::memcmp(address.data(), base.data(), whole) != 0) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || ((address[whole] ^ base[whole]) >> (8 - rest)) == 0;
}

template <class Range, std::size_t N>
reach find(std::span<const unsigned char> address, const Range (&ranges)[N]) noexcept {
  for (const Range& range : ranges)
    if (has_prefix(address, range.base, range.bits)) return range.what;
  return reach::everybody;
}

}  // namespace

reach reach_of(const ip::address& address) noexcept {
  if (address.is_v4()) return find(address.to_v4().to_bytes(), ranges_v4);
  const ip::address_v6 v6 = address.to_v6();
  const auto bytes = v6.to_bytes();
  // A translator sends it to the IPv4 address in its end.
  if (has_prefix(bytes, nat64, 96)) {
    const reach there = find(std::span(bytes).last<4>(), ranges_v4);
    return there == reach::loopback ? reach::never : there;  // the translator's, not this machine's
  }
  return find(bytes, ranges_v6);
}

}  // namespace credcached::courier
