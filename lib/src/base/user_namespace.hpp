// Whom a uid stands for where this process's user namespace does not have all users of the machine (user_namespaces(7)).
//
// Thread safety: any thread. Failure: what cannot be found out counts as not mapped.
#pragma once

#include <sys/types.h>

#include <optional>

namespace credcache::inline v1 {

/// Whether all users of the machine are mapped, as in the first namespace. In another one a capability is worth nothing
/// for what belongs to the whole machine.
[[nodiscard]] bool maps_all_users();

/// The uid that the kernel names for every user who is not mapped: whoever has it may be anybody. Nothing if all are.
[[nodiscard]] std::optional<uid_t> overflow_uid();

/// Whether it is the effective uid of this process or root's, and nobody else's.
[[nodiscard]] bool is_own_or_root(uid_t uid);

}  // namespace credcache::inline v1
