// Keeps a line of the audit from being shown as another one: whoever is refused may name an owner as it likes.
#pragma once

#include "credcache/secret.hpp"

namespace credcached::audit {

/// `line` of JSON with escapes in place of what a terminal may take for a command (C1), of what changes the direction of
/// writing, and of what ends lines in Unicode. Who reads it as JSON reads the same.
[[nodiscard]] credcache::secret_buffer visible(credcache::secret_buffer line);

}  // namespace credcached::audit
