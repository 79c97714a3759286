// What the kernel says of a socket's peer, and what the system's user database says of users and groups.
//
// Thread safety: all functions may be called from every thread. The look-ups by name or uid go through NSS (files,
//                LDAP) and may block for as long as that takes: never on an event loop (see account_directory.hpp).
// Failure:       login_name returns the error of a database that cannot be asked; the others, which are for the start
//                and for a reload, throw std::system_error then.
#pragma once

#include <sys/types.h>

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "platform/peer.hpp"

namespace credcached::platform {

/// The process that connected, by SO_PEERCRED. `listener`, `groups` and `account` stay empty. Throws std::system_error.
[[nodiscard]] peer peer_of_unix_socket(int fd);
/// The supplementary groups of the process that connected, by SO_PEERGROUPS. Throws std::system_error.
[[nodiscard]] std::vector<gid_t> groups_of_peer(int fd);

/// Nothing if no account has this uid; an error if that could not be found out.
[[nodiscard]] boost::system::result<std::optional<std::string>> login_name(uid_t uid);

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
