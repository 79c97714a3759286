// Base64 into memory that clears itself.
//
// Thread safety: pure functions. Failure: std::bad_alloc.
// Source:        RFC 4648, 4 and 5.
#pragma once

#include <string_view>

#include "credcache/secret.hpp"

namespace credcache::inline v1 {

/// With padding, in one line.
void append_base64(secret_buffer& out, std::string_view bytes);
/// The alphabet of URLs, without padding.
void append_base64url(secret_buffer& out, std::string_view bytes);

/// What the text stands for. Characters that are no base64 are passed over: look for them before.
[[nodiscard]] secret_buffer from_base64(std::string_view text);

}  // namespace credcache::inline v1
