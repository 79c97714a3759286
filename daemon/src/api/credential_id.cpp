#include "api/credential_id.hpp"

#include <array>

#include "base/text.hpp"
#include "seal/associated_data.hpp"
#include "seal/digest.hpp"

namespace credcached::api {

std::string credential_id(credcache::owner_view owner, credcache::credential_key_view key) {
  constexpr std::size_t bytes = 16, version_byte = 6, variant_byte = 8;
  std::string fields;
  credcache::append_field(fields, owner.kind == credcache::owner_kind::user ? "user" : "isv");
  credcache::append_field(fields, owner.name);
  for (const std::string_view part : {key.csp, key.site, to_string(key.type), key.name, key.profile})
    credcache::append_field(fields, part);
  auto digest = credcache::sha256(fields);
  digest[version_byte] = static_cast<unsigned char>(0x80U | (digest[version_byte] & 0x0fU));
  digest[variant_byte] = static_cast<unsigned char>(0x80U | (digest[variant_byte] & 0x3fU));
  std::string id;
  for (std::size_t i = 0; i < bytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += credcache::hex_digit(digest[i] >> 4U);
    id += credcache::hex_digit(digest[i]);
  }
  return id;
}

}  // namespace credcached::api
