// The canonical request: the one text that stands for a request. The signer makes it, and the cloud from what has come.
//
// Thread safety: pure functions.
// Ownership:     texts own their bytes. What has header values clears itself.
// Failure:       std::bad_alloc.
// Sources:       those of credcache/request_signer.hpp; RFC 3986, 2.3 (what is never encoded).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "signing/dialect.hpp"

namespace credcache::inline v1 {

/// Each byte but letters, digits, '-', '.', '_' and '~' as %XX; '/' stays if it is kept.
[[nodiscard]] std::string percent_encoded(std::string_view text, bool keeps_slashes = false);

/// Of an encoded path, by the rule of the dialect. `service` is SigV4's.
[[nodiscard]] std::string canonical_path(const dialect_rules& rules, std::string_view encoded,
                                         std::string_view service);

/// "a=1&b=", sorted; also what is sent.
[[nodiscard]] std::string canonical_query(const dialect_rules& rules, std::span<const name_value> query);

/// Whether a header of this name, in lower case, is among the signed ones.
[[nodiscard]] bool is_signed(const dialect_rules& rules, std::string_view name) noexcept;

struct canonical_parts {
  std::string_view method, path, query;
  std::span<const signed_header* const> headers;  ///< the signed ones, sorted by name
  std::string_view signed_names;                  ///< theirs, with ';' between them
  std::string_view body_hash;                     ///< in hexadecimal
};
[[nodiscard]] secret_buffer canonical_request(const dialect_rules& rules, const canonical_parts& parts);

}  // namespace credcache::inline v1
