// Who may have made what a path means. Anybody can make a folder in /tmp before a daemon does, and a
// stranger gets no secrets.
//
// Thread safety: may be called from every thread.
#pragma once

#include <string>

namespace credcached::client {

/// True if a user other than this one and root may have chosen what `path` means: on the way there, links included, is
/// something of a stranger in a folder in which others may write. True as well for a path that cannot be followed.
[[nodiscard]] bool may_be_made_by_a_stranger(const std::string& path);

}  // namespace credcached::client
