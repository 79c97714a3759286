// A short name for a credential of an owner, for clients that list and remove by id (Nexus Access Vault does).
//
// Thread safety: a pure function.
#pragma once

#include <string>

#include "credcache/credential_key.hpp"

namespace credcached::api {

/// A UUID of version 8 (RFC 9562) over owner and key: the same as long as they are, in every daemon. It says nothing of
/// the values.
[[nodiscard]] std::string credential_id(credcache::owner_view owner, credcache::credential_key_view key);

}  // namespace credcached::api
