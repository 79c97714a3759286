// The only source that knows the cipher.
#include "credcache/cipher.hpp"

#include <cryptopp/aes.h>
#include <cryptopp/gcm.h>
#include <cryptopp/hkdf.h>
#include <cryptopp/hmac.h>
#include <cryptopp/misc.h>
#include <cryptopp/sha.h>
#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/text.hpp"
#include "seal/associated_data.hpp"
#include "seal/digest.hpp"

namespace credcache::inline v1 {
namespace {

const CryptoPP::byte* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const CryptoPP::byte*>(text.data());
}

// 32 derived bytes that are gone when the scope ends.
struct derived_key {
  unsigned char bytes[32];
  derived_key(const master_key& key, std::string_view label) { key.derive(label, bytes); }
  derived_key(const derived_key&) = delete;
  derived_key& operator=(const derived_key&) = delete;
  ~derived_key() { wipe(bytes, sizeof bytes); }
};

// Puts locked memory in the place of a block that Crypto++ has allocated for itself, as long as this object lives. The
// block, which was ordinary heap meanwhile, is wiped and given back at the end, so that Crypto++ frees what it allocated.
template <class Block>
class locked_block {
 public:
  locked_block() = default;
  locked_block(const locked_block&) = delete;
  locked_block& operator=(const locked_block&) = delete;
  ~locked_block() {
    if (owner_ != nullptr) owner_->*reach::pointer() = heap_;
  }

  void take_over(Block& block) {
    const std::size_t size = block.size() * sizeof(value_type);
    memory_.emplace(size);
    std::memcpy(memory_->bytes().data(), block.data(), size);
    wipe(block.data(), size);
    owner_ = &block;
    heap_ = std::exchange(block.*reach::pointer(), reinterpret_cast<value_type*>(memory_->bytes().data()));
  }

 private:
  using value_type = typename Block::value_type;
  // The pointer is protected; a derived class may name it.
  struct reach : Block {
    static constexpr value_type* Block::*pointer() noexcept { return &reach::m_ptr; }
  };

  std::optional<locked_memory> memory_;
  Block* owner_ = nullptr;
  value_type* heap_ = nullptr;
};

class locked_aes final : public CryptoPP::AES::Encryption {
 public:
  void lock_schedule() { schedule_.take_over(m_key); }

 private:
  locked_block<decltype(m_key)> schedule_;
};

// AES-GCM with its key schedule and the table of its hash, which is as good as the hash's key, in locked memory. Crypto++
// has no parameter for that, and its allocation functions belong to the whole program.
class locked_gcm final : public CryptoPP::GCM_Base {
 public:
  explicit locked_gcm(bool encrypts) noexcept : encrypts_(encrypts) {}

  void set_key(std::span<const unsigned char> key) {
    const unsigned char nonce[cipher::nonce_size] = {};  // SetKey wants one; every operation brings its own
    SetKeyWithIV(key.data(), key.size(), nonce, sizeof nonce);
    aes_.lock_schedule();
    table_.take_over(m_buffer);
  }
  [[nodiscard]] bool IsForwardTransformation() const override { return encrypts_; }

 private:
  [[nodiscard]] CryptoPP::GCM_TablesOption GetTablesOption() const override { return CryptoPP::GCM_2K_Tables; }
  [[nodiscard]] CryptoPP::BlockCipher& AccessBlockCipher() override { return aes_; }

  bool encrypts_;
  locked_aes aes_;
  locked_block<CryptoPP::AlignedSecByteBlock> table_;
};

std::size_t checked_key_size(std::size_t size) {
  if (size == 16 || size == 24 || size == 32) return size;
  throw std::invalid_argument("found a key of " + std::to_string(size) + " bytes, expected exactly 16, 24 or 32");
}

[[noreturn]] void refuse_in_a_child() {
  throw std::logic_error(
      "found a key that was made before fork(), expected one of this process: a child does not get its parent's keys. "
      "Make the master_key, and what is made with it, after fork().");
}

}  // namespace

void fill_random(std::span<unsigned char> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t got = ::getrandom(out.data() + filled, out.size() - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    filled += static_cast<std::size_t>(got);
  }
}

std::array<unsigned char, 32> sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest;
  CryptoPP::SHA256().CalculateDigest(digest.data(), bytes_of(bytes), bytes.size());
  return digest;
}

master_key::master_key(std::span<const unsigned char> bytes)
    : memory_(checked_key_size(bytes.size())), size_(bytes.size()) {
  std::memcpy(memory_.bytes().data(), bytes.data(), size_);
}

master_key master_key::random() {
  unsigned char bytes[32];
  fill_random(bytes);
  master_key key(bytes);
  wipe(bytes, sizeof bytes);
  return key;
}

void master_key::derive(std::string_view label, std::span<unsigned char, 32> out) const {
  if (!usable()) refuse_in_a_child();
  CryptoPP::HKDF<CryptoPP::SHA256>().DeriveKey(out.data(), out.size(), memory_.bytes().data(), size_, nullptr, 0,
                                               bytes_of(label), label.size());
  wipe_stack();
}

struct cipher::state {
  locked_gcm sealer{true};
  locked_gcm opener{false};
  locked_memory fingerprint_key{32};

  explicit state(const master_key& key) {
    const derived_key working(key, "credcached sealing");
    sealer.set_key(working.bytes);
    opener.set_key(working.bytes);
    key.derive("credcached fingerprints", fingerprint_key.bytes().first<32>());
  }
};

cipher::cipher(const master_key& key) : state_(std::make_unique<state>(key)) {
  wipe_stack();
}

cipher::cipher(cipher&&) noexcept = default;
cipher::~cipher() = default;

// All parts of the state were made in one process.
cipher::state& cipher::usable_state() {
  if (!state_->fingerprint_key.present()) [[unlikely]]
    refuse_in_a_child();
  return *state_;
}

void cipher::seal(std::string_view plaintext, std::string_view associated_data, std::span<unsigned char> out) {
  locked_gcm& sealer = usable_state().sealer;
  unsigned char* nonce = out.data();
  unsigned char* text = nonce + nonce_size;
  unsigned char* tag = text + plaintext.size();
  fill_random({nonce, nonce_size});
  sealer.EncryptAndAuthenticate(text, tag, tag_size, nonce, static_cast<int>(nonce_size), bytes_of(associated_data),
                                associated_data.size(), bytes_of(plaintext), plaintext.size());
}

bool cipher::open(std::span<const unsigned char> sealed, std::string_view associated_data, char* plaintext) {
  if (sealed.size() < overhead) return false;
  const std::size_t size = sealed.size() - overhead;
  const unsigned char* text = sealed.data() + nonce_size;
  // Step by step instead of DecryptAndVerify, which allocates room for the tag: every open would meet at one allocator.
  unsigned char tag[tag_size];
  auto& opener = usable_state().opener;
  opener.Resynchronize(sealed.data(), static_cast<int>(nonce_size));
  opener.Update(bytes_of(associated_data), associated_data.size());
  opener.ProcessData(reinterpret_cast<CryptoPP::byte*>(plaintext), text, size);
  opener.TruncatedFinal(tag, tag_size);
  const bool authentic = CryptoPP::VerifyBufsEqual(tag, text + size, tag_size);
  if (!authentic) wipe(plaintext, size);
  return authentic;
}

std::string cipher::fingerprint(owner_view owner, std::string_view value) {
  std::string whose;
  append_field(whose, owner.kind == owner_kind::isv ? "isv" : "user");
  append_field(whose, owner.name);
  unsigned char digest[8];
  const std::span<const unsigned char> key = usable_state().fingerprint_key.bytes().first<32>();
  CryptoPP::HMAC<CryptoPP::SHA256> mac(key.data(), key.size());
  mac.Update(bytes_of(whose), whose.size());
  mac.Update(bytes_of(value), value.size());
  mac.TruncatedFinal(digest, sizeof digest);
  std::string text;
  for (const unsigned char byte : digest) {
    text += hex_digit(byte >> 4U);
    text += hex_digit(byte);
  }
  return text;
}

}  // namespace credcache::inline v1
