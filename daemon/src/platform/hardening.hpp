// Keeps the memory of this process from other processes, and gives its rights away (docs/security.md, S5).
//
// Order at start: harden(); open sockets and files that take root; become(); then threads.
//
// Thread safety: none. Both change the whole process and are to be called before the first thread is started
//                (capabilities belong to threads).
#pragma once

#include <string>
#include <vector>

namespace credcached::platform {

struct hardening_report {
  std::vector<std::string> failures;  ///< a sentence for the log for each step that the kernel refused
  bool memory_locked = false;         ///< nothing of the process can be written to swap
  std::string memory_note;            ///< a sentence for the log if it is not: why, and what would change it
};

/// Makes the process undumpable (no core, no ptrace and no /proc/PID/mem for other processes of the same user), sets
/// RLIMIT_CORE to 0 and no_new_privs, locks memory, makes files for this user alone (umask 077), ignores SIGPIPE
/// and SIGXFSZ, and allows as many descriptors as the hard limit does. Never throws for a refusal of the kernel.
///
/// Memory is locked only where that cannot make a later allocation fail: with RLIMIT_MEMLOCK unlimited (root raises
/// it), or with CAP_IPC_LOCK. Never under sanitizers, whose shadow memory is larger than the machine.
[[nodiscard]] hardening_report harden();

/// Gives root up for `user` (a name or number): its groups, then its gid and uid, real, effective and saved, then every
/// capability; checks that none of it can be had again, and makes the process undumpable again, which the kernel
/// resets. Nothing happens if this process already is that user. std::runtime_error: found, expected, what to do; the
/// process must not go on after it, since the change may be half done.
void become(const std::string& user);

}  // namespace credcached::platform
