#include "signing/base64.hpp"

#include <cryptopp/base64.h>

namespace credcache::inline v1 {
namespace {

const CryptoPP::byte* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const CryptoPP::byte*>(text.data());
}

// Crypto++ keeps what comes out in a queue whose blocks it wipes; its sinks for strings do not wipe what they outgrow.
std::size_t filtered(CryptoPP::Filter&& filter, std::string_view text, char* out, std::size_t room) {
  filter.Put(bytes_of(text), text.size());
  filter.MessageEnd();
  return filter.Get(reinterpret_cast<CryptoPP::byte*>(out), room);
}

}  // namespace

void append_base64(secret_buffer& out, std::string_view bytes) {
  constexpr bool with_line_breaks = false;
  const std::size_t before = out.size(), room = (bytes.size() + 2) / 3 * 4;
  char* const begin = out.extend(room);
  out.resize(before + filtered(CryptoPP::Base64Encoder(nullptr, with_line_breaks), bytes, begin, room));
}

void append_base64url(secret_buffer& out, std::string_view bytes) {
  const std::size_t before = out.size(), room = (bytes.size() + 2) / 3 * 4;
  char* const begin = out.extend(room);
  out.resize(before + filtered(CryptoPP::Base64URLEncoder(), bytes, begin, room));
}

secret_buffer from_base64(std::string_view text) {
  secret_buffer out;
  const std::size_t room = text.size() / 4 * 3 + 3;
  char* const begin = out.extend(room);
  out.resize(filtered(CryptoPP::Base64Decoder(), text, begin, room));
  return out;
}

}  // namespace credcache::inline v1
