// What a request must be like before it is signed: a text that ends a header line would be a header of its own.
//
// Thread safety: pure function.
// Failure:       std::bad_alloc.
// Source:        RFC 9110, 5.5 and 5.6.2 (field values, tokens).
#pragma once

#include <optional>
#include <string>

#include "signing/dialect.hpp"

namespace credcache::inline v1 {

/// Why the request cannot be signed, as one sentence without values; nothing if it can.
[[nodiscard]] std::optional<std::string> complaint_about(signing_dialect dialect, const request_to_sign& request,
                                                         const access_key& key, wall_time now);

}  // namespace credcache::inline v1
