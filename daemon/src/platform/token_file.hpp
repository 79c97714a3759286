// The file that holds a bearer token for TCP (docs/security.md, S8): one line of visible ASCII, at least 16 characters.
//
// Thread safety: may be called from every thread and by several processes at once for one file: all get the same token.
// Failure:       std::runtime_error (found, expected, what to do); no message contains any part of a token.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "credcache/secret.hpp"

namespace credcached::platform {

/// Reads the token; a byte order mark and one line end (LF or CRLF) at the end are no part of it. The file must be a regular one that belongs to this user, to
/// root or to `run_as`, whom the daemon becomes and who makes files in a reload; with no permission beyond 0600.
///
/// If it is missing, it is made with a random token of 43 characters (258 bits, base64url alphabet) and no newline, as
/// AWS clients want it; it appears complete and is on the disk when this returns. `made` says which of the two
/// happened.
///
/// Throws std::runtime_error (found, expected, what to do); no message contains any part of the token.
[[nodiscard]] credcache::secret read_or_make_token(const std::string& file, bool& made,
                                                   std::optional<uid_t> run_as = {});

}  // namespace credcached::platform
