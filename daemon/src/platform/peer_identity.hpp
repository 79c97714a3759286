// Who a process or a user is: from the kernel (socket peers) and from the system's user database (names and groups).
//
// Thread safety: all functions may be called from every thread. The look-ups go through NSS and may block (files,
// LDAP): not once per request. Failure: a database that cannot be asked looks like one without the entry. What is
// unknown matches no access rule.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "platform/peer.hpp"

namespace credcached::platform {

/// The process that connected, by SO_PEERCRED; `listener` stays 0. Throws std::system_error.
[[nodiscard]] peer peer_of_unix_socket(int fd);

[[nodiscard]] std::optional<std::string> login_name(uid_t uid);

/// Digits are taken as the number itself, whether or not a user has it.
[[nodiscard]] std::optional<uid_t> uid_of(const std::string& name_or_number);
[[nodiscard]] std::optional<gid_t> gid_of(const std::string& name_or_number);

[[nodiscard]] std::optional<gid_t> primary_group_of(uid_t uid);

/// The groups of a user as a login would set them, the primary one included; empty if the user is unknown.
[[nodiscard]] std::vector<gid_t> groups_of(uid_t uid);

/// The file that a process runs, for messages and the audit; "" if it is gone or belongs to someone else. Never a
/// reason to trust: the process may have become another one since.
[[nodiscard]] std::string executable_of(pid_t pid);

}  // namespace credcached::platform
