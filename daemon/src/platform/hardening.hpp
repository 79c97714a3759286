// What keeps the memory of this process to itself, and what takes its rights away (docs/security.md, S5).
//
// Order at start: harden(); open sockets and files that take root; become(); then threads. Both change the whole
// process. Thread safety: none. To be called before the first thread is started (capabilities belong to threads).
#pragma once

#include <string>

namespace credcached::platform {

struct hardening_report {
  bool not_dumpable = false;   ///< no core, no ptrace and no /proc/PID/mem for other processes of the same user
  bool no_core = false;        ///< RLIMIT_CORE is 0
  bool no_new_privs = false;   ///< no program started from here gains rights by set-uid or file capabilities
  bool memory_locked = false;  ///< nothing of the process can be written to swap
  std::string memory_note;     ///< a sentence for the log: locked or not, why, and what would change it
};

/// Does what it can and reports what came of it; never throws for a refusal of the kernel. Besides the report: files
/// are made for this user alone (umask 077), SIGPIPE is ignored, as many descriptors may be opened as the hard limit
/// allows.
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
