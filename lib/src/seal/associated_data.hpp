// The associated data of a sealed record, version 1 (docs/sealed-record.md): what a record is bound to, as fields that
// have their size in front. They are not secret; whoever opens the record needs exactly these bytes.
//
// The fields come in two parts: the first belongs to a slot and a list of names and is made once for each, the second
// to an entry.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/credential.hpp"

namespace credcache::inline v1 {

/// The first half of the SHA-256 of a list of names, each with two bytes of size in front.
using name_list_hash = std::array<unsigned char, 16>;

/// What the associated data of a record say.
struct record_binding {
  credential_key key;
  name_list_hash names{};
  credcache::owner owner;
  wall_time deadline;
  std::uint64_t generation = 0;
};

/// Identifies a list of names; their order counts.
[[nodiscard]] name_list_hash hash_of_names(const std::vector<std::string>& names);

/// csp, site, type, name, profile, hash of the list of names.
[[nodiscard]] std::string slot_fields(credential_key_view key, const name_list_hash& names);
/// Appends owner kind, owner, deadline, generation, and the zeros that make whole AES blocks.
void append_entry_fields(std::string& out, owner_view owner, wall_time deadline, std::uint64_t generation);

/// The largest deadline and generation of a record: what is taken in must fit into an entry of the cache.
inline constexpr std::uint64_t latest_deadline = (std::uint64_t{1} << 48) - 1;
inline constexpr std::uint64_t latest_generation = (std::uint64_t{1} << 56) - 1;

/// Nothing if the bytes are not such fields.
[[nodiscard]] std::optional<record_binding> read_associated_data(std::string_view bytes);

/// A field: two bytes of size, the lower one first, and the bytes.
void append_field(std::string& out, std::string_view bytes);
/// Takes a field off the front of `rest`; nothing if it ends before the field does.
[[nodiscard]] std::optional<std::string_view> take_field(std::string_view& rest) noexcept;

/// Writes an integer in `Bytes` bytes, the lowest first, and returns where they end.
template <std::size_t Bytes>
char* write_number(char* to, std::uint64_t number) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, &number, Bytes);
  } else {
    for (std::size_t i = 0; i < Bytes; ++i) to[i] = static_cast<char>(number >> (8 * i));
  }
  return to + Bytes;
}
template <std::size_t Bytes>
void append_number(std::string& out, std::uint64_t number) {
  char bytes[Bytes];
  write_number<Bytes>(bytes, number);
  out.append(bytes, Bytes);
}
[[nodiscard]] std::uint64_t number_of(std::string_view bytes) noexcept;

}  // namespace credcache::inline v1
