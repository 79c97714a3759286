// What is inside a sealed entry: the caller's description, then the values in the definition's order, each under the
// number of its name (credential_cache::intern_variable). Numbers instead of names: every cached credential would pay
// for them.
//
//   u8 padding; u16 size, description; then per value: u16 number (top bit: sensitive by the caller's wish), u16 size,
//   bytes; then as many zeros as the first byte says.
//
// The padding makes whole AES blocks: Crypto++ takes a last part of a block the long way, and the length tells less.
//
// The plaintext of a record lives in a secret_buffer; the reader's views point into it. A record is authentic when it
// is read (AES-GCM), so the reader stops at what does not fit instead of explaining it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "credcache/credential_cache.hpp"
#include "credcache/secret.hpp"

namespace credcache {

inline constexpr std::size_t longest_value = 0xffff;
inline constexpr std::uint16_t caller_sensitive = 0x8000;

struct record_item {
  variable_id id = 0;
  bool sensitive = false;
  std::string_view value;
};

inline void append_u16(secret_buffer& out, std::size_t number) {
  const auto small = static_cast<std::uint16_t>(number);
  std::memcpy(out.extend(sizeof small), &small, sizeof small);
}

inline void begin_record(secret_buffer& out, std::string_view description) {
  out.push_back(0);
  append_u16(out, description.size());
  out.append(description);
}

inline void append_item(secret_buffer& out, const record_item& item) {
  append_u16(out, item.sensitive ? item.id | caller_sensitive : item.id);
  append_u16(out, item.value.size());
  out.append(item.value);
}

/// To be called once, behind the last value.
inline void end_record(secret_buffer& out) {
  constexpr std::size_t block = 16;
  const std::size_t padding = (block - out.size() % block) % block;
  out.resize(out.size() + padding);
  *out.data() = static_cast<char>(padding);
}

class record_reader {
 public:
  explicit record_reader(std::string_view plaintext) noexcept : rest_(plaintext) {
    if (rest_.empty()) return;
    const std::size_t padding = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    rest_.remove_suffix(std::min(padding, rest_.size()));
    description_ = take(take_u16());
  }

  [[nodiscard]] std::string_view description() const noexcept { return description_; }
  /// The next value, or false at the end.
  [[nodiscard]] bool next(record_item& item) noexcept {
    if (rest_.size() < 4) return false;
    const std::uint16_t tag = take_u16();
    item.id = tag & static_cast<std::uint16_t>(~caller_sensitive);
    item.sensitive = (tag & caller_sensitive) != 0;
    item.value = take(take_u16());
    return true;
  }

 private:
  std::uint16_t take_u16() noexcept {
    std::uint16_t number = 0;
    if (rest_.size() >= sizeof number) {
      std::memcpy(&number, rest_.data(), sizeof number);
      rest_.remove_prefix(sizeof number);
    }
    return number;
  }
  std::string_view take(std::size_t size) noexcept {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  std::string_view description_;
};

}  // namespace credcache
