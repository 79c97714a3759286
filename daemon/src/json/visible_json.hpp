// JSON that a terminal or a reader of lines shows as what it is, whatever names and descriptions are in it.
//
// Thread safety: a pure function.
// Failure:       std::bad_alloc.
#pragma once

#include <string_view>

#include "credcache/secret.hpp"

namespace credcached::json {

/// Appends `text`, which is JSON, with escapes in place of what misleads (base/text.hpp). Who parses it reads the same.
void append_visible(credcache::secret_buffer& out, std::string_view text);

}  // namespace credcached::json
