// The portable form of sealed records (docs/sealed-record.md): what a cache leaves out because it is the same for all
// of its entries is written in front of each, and the lists of names travel along.
//
// Failure: a reader stops at what does not fit; nothing that it returns is authentic before the record is opened.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "credcache/cipher.hpp"
#include "seal/associated_data.hpp"

namespace credcache::inline v1 {

using key_id_bytes = std::array<unsigned char, 8>;

/// Tells one master key from another and says nothing about it.
[[nodiscard]] key_id_bytes key_id_of(const master_key& key);

/// A record with its associated data in front, or a list of names.
enum class portable_kind : unsigned char { names = 1, record = 2 };

void append_names(secret_buffer& out, const std::vector<std::string>& names);
void append_record(secret_buffer& out, const key_id_bytes& key_id, std::string_view associated_data,
                   std::string_view sealed);

struct portable_item {
  portable_kind kind;
  std::string_view payload;
};
/// Takes the next item off the front of `rest`; nothing at its end or if it is not one.
[[nodiscard]] std::optional<portable_item> take_item(std::string_view& rest) noexcept;

[[nodiscard]] std::optional<std::vector<std::string>> read_names(std::string_view payload);

struct portable_record {
  std::string_view associated_data;
  std::string_view sealed;  ///< nonce, ciphertext, tag
};
/// Nothing for another version, for a record under another key, or for what is too short to be one.
[[nodiscard]] std::optional<portable_record> read_record(std::string_view payload, const key_id_bytes& key_id) noexcept;

[[nodiscard]] inline std::span<const unsigned char> bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace credcache::inline v1
