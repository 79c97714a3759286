// Authenticated encryption of cached values: AES-256-GCM under a fresh 96-bit nonce (NIST SP 800-38D), by Crypto++.
//
// The working keys are derived from the master key with HKDF-SHA256 (RFC 5869), so that one of 16 or 24 bytes gives
// AES-256 as well.
//
// Thread safety: master_key is immutable and may be shared; a cipher belongs to one thread (it is resynchronised for
//                every operation instead of made anew).
// Ownership:     keys and key schedules are in locked memory (locked_memory.hpp).
// Failure:       std::system_error if the memory cannot be had, std::invalid_argument for a key of a wrong size.
// After fork():  a child has no keys of its parent. Every function here that needs one throws std::logic_error there;
//                destroying is allowed. So a program that makes itself a daemon makes its key after the last fork().
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "credcache/credential.hpp"
#include "credcache/locked_memory.hpp"
#include "credcache/secret.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class master_key {
 public:
  /// Takes 16, 24 or 32 bytes; `bytes` should be wiped by the caller afterwards.
  explicit master_key(std::span<const unsigned char> bytes);
  /// 32 bytes from the kernel's random number generator.
  [[nodiscard]] static master_key random();

  /// False in a forked child of the process that made the key: then make another one. Costs one read of memory.
  [[nodiscard]] bool usable() const noexcept { return memory_.present(); }
  /// Derives 32 bytes for one use into `out`. Different labels give independent keys.
  void derive(std::string_view label, std::span<unsigned char, 32> out) const;
  [[nodiscard]] std::string_view memory_kind() const noexcept { return memory_.kind(); }

 private:
  locked_memory memory_;
  std::size_t size_;
};

class cipher {
 public:
  static constexpr std::size_t nonce_size = 12;
  static constexpr std::size_t tag_size = 16;
  static constexpr std::size_t overhead = nonce_size + tag_size;

  explicit cipher(const master_key& key);
  cipher(cipher&&) noexcept;
  ~cipher();

  /// Writes nonce, ciphertext and tag to `out`, which has plaintext.size() + overhead bytes.
  void seal(std::string_view plaintext, std::string_view associated_data, std::span<unsigned char> out);
  /// Writes sealed.size() - overhead bytes to `plaintext`. False, and `plaintext` wiped, if anything was changed: the
  /// bytes, the associated data, or the key.
  [[nodiscard]] bool open(std::span<const unsigned char> sealed, std::string_view associated_data, char* plaintext);

  /// Keyed fingerprint (HMAC-SHA256, 64 bits in hexadecimal): shows that two values of one owner are equal without
  /// showing them. The owner is in it, or whoever may list another one's credentials could guess his values.
  /// Leaves pieces of the value on the stack: call wipe_stack() after the last one.
  [[nodiscard]] std::string fingerprint(owner_view owner, std::string_view value);

 private:
  struct state;
  [[nodiscard]] state& usable_state();
  std::unique_ptr<state> state_;
};

/// Fills `out` from the kernel's random number generator.
void fill_random(std::span<unsigned char> out);

}  // namespace credcache::inline v1
#pragma GCC visibility pop
