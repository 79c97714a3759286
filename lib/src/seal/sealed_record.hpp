// The plaintext of a sealed record, version 1 (docs/sealed-record.md): the description, then one value for each name of
// the record's list of names. A value that is not given has no bytes. Zeros at the end make whole AES blocks: Crypto++
// takes a last part of a block the long way, and the length tells less.
//
// Ownership: the plaintext lives in a secret_buffer; the reader's views point into it.
// Failure:   a record is authentic when it is read (AES-GCM), so the reader stops at what does not fit.
#pragma once

#include <string_view>

#include "credcache/limits.hpp"
#include "credcache/secret.hpp"

namespace credcache::inline v1 {

inline constexpr std::size_t cipher_block = 16;

struct record_item {
  bool sensitive = false;  ///< by the caller's wish
  std::string_view value;
};

class record_writer {
 public:
  record_writer(secret_buffer& out, std::string_view description) : out_(out) { append_item({false, description}); }

  /// The value of the name at `position` in the list; positions only grow.
  void append(std::size_t position, const record_item& item) {
    for (; next_ < position; ++next_) append_item({});
    append_item(item);
    ++next_;
  }
  /// To be called once, behind the last value.
  void finish() { out_.resize((out_.size() + cipher_block - 1) / cipher_block * cipher_block); }

 private:
  void append_item(const record_item& item) {
    std::size_t number = item.value.size() * 2 + (item.sensitive ? 1 : 0);
    for (; number >= 0x80; number >>= 7) out_.push_back(static_cast<char>(number | 0x80));
    out_.push_back(static_cast<char>(number));
    out_.append(item.value);
  }

  secret_buffer& out_;
  std::size_t next_ = 0;
};

class record_reader {
 public:
  explicit record_reader(std::string_view plaintext) noexcept : rest_(plaintext) {
    record_item item;
    if (next(item)) description_ = item.value;
  }

  [[nodiscard]] std::string_view description() const noexcept { return description_; }
  /// The value of the next name, or false at the end. Behind the last name it reads the zeros at the end as values that
  /// are not given.
  [[nodiscard]] bool next(record_item& item) noexcept {
    if (rest_.empty()) return false;
    const auto first = static_cast<unsigned char>(rest_.front());
    std::size_t number = first;
    if (first < 0x80) {
      rest_.remove_prefix(1);
    } else {
      number = take_number();
    }
    item.sensitive = (number & 1) != 0;
    item.value = rest_.substr(0, number >> 1);
    rest_.remove_prefix(item.value.size());
    return true;
  }

 private:
  // Seven bits a byte, the lowest first; the top bit says that another byte follows.
  std::size_t take_number() noexcept {
    std::size_t number = 0;
    for (unsigned shift = 0; shift < 21 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return number;
  }

  std::string_view rest_;
  std::string_view description_;
};

}  // namespace credcache::inline v1
