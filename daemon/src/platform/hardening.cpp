#include "platform/hardening.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string_view>

#include "base/system_text.hpp"
#include "base/unique_fd.hpp"
#include "base/user_namespace.hpp"
#include "platform/peer_identity.hpp"

namespace credcached::platform {
namespace {

#ifdef CREDCACHED_SANITIZED
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

struct capabilities {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};

  bool read() noexcept { return ::syscall(SYS_capget, &header, sets) == 0; }
  bool write() noexcept { return ::syscall(SYS_capset, &header, sets) == 0; }
  [[nodiscard]] bool has(unsigned number) const noexcept {
    return (sets[number / 32].effective & (1U << (number % 32))) != 0;
  }
  [[nodiscard]] bool none() const noexcept {
    for (const auto& set : sets)
      if ((set.effective | set.permitted | set.inheritable) != 0) return false;
    return true;
  }
};

bool make_undumpable() noexcept {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool forbid_core() noexcept {
  const rlimit none{0, 0};
  return ::setrlimit(RLIMIT_CORE, &none) == 0;
}

// True if memory may be locked without end. Root may raise the limit, and keeps what it raised after become().
bool raise_memory_limit(rlimit& limit) noexcept {
  if (limit.rlim_cur == RLIM_INFINITY) return true;
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  return ::setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0;
}

void lock_memory(hardening_report& report) {
  if (sanitized) {
    report.memory_note = "Memory is not locked, because this is a build with sanitizers.";
    return;
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  capabilities held;
  const bool may_lock = held.read() && held.has(CAP_IPC_LOCK) && credcache::maps_all_users();
  if (!raise_memory_limit(limit) && !may_lock) {
    report.memory_note = fmt::format(
        "Memory is not locked and may be swapped: found RLIMIT_MEMLOCK {} bytes, expected unlimited or CAP_IPC_LOCK; "
        "set LimitMEMLOCK=infinity or run ulimit -l unlimited. The master key has locked memory of its own, if the "
        "line "
        "below says so.",
        limit.rlim_cur);
    return;
  }
  // On fault: pages that are never touched cost nothing, and a thread's stack of 8 MiB stays cheap.
  report.memory_locked = ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
  if (!report.memory_locked)
    report.memory_note = "Memory is not locked and may be swapped: " + credcache::errno_text() + ".";
}

[[noreturn]] void refuse(const std::string& user, const std::string& text) {
  throw std::runtime_error("cannot become user " + user + ": " + text);
}

bool is_only(uid_t uid, gid_t gid) noexcept {
  uid_t real = 0, effective = 0, saved = 0;
  gid_t real_group = 0, effective_group = 0, saved_group = 0;
  return ::getresuid(&real, &effective, &saved) == 0 && real == uid && effective == uid && saved == uid &&
         ::getresgid(&real_group, &effective_group, &saved_group) == 0 && real_group == gid && effective_group == gid &&
         saved_group == gid;
}

}  // namespace

hardening_report harden() {
  hardening_report report;
  const auto check = [&](bool done, std::string_view consequence) {
    if (!done) report.failures.push_back(fmt::format("{}: {}.", consequence, credcache::errno_text()));
  };
  check(make_undumpable(), "Other processes of this user can read the memory of the daemon");
  check(forbid_core(), "A crash may write memory to a core file, because RLIMIT_CORE could not be set to 0");
  check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "The process may gain rights, because no_new_privs was refused");
  lock_memory(report);
  ::umask(077);
  // A client that hangs up, and a file that has grown to RLIMIT_FSIZE: an error of one write, not the end of the daemon.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);  // ignored, as some parents leave it, the end of a child could not be waited for
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  return report;
}

void become(const std::string& user) {
  const auto uid = uid_of(user);
  const auto gid = uid ? primary_group_of(*uid) : std::nullopt;
  if (!gid) refuse(user, "found no such user, expected one this system knows: create it or correct runAs");
  if (*uid == ::geteuid() && *uid != 0) return;
  if (*uid == 0) refuse(user, "found uid 0, expected a user with fewer rights: correct runAs or leave it out");
  if (::geteuid() != 0) {
    refuse(user, "found uid " + std::to_string(::geteuid()) +
                     ", expected root, which alone can become somebody else: start as root or leave runAs out");
  }
  // The lock on future memory was granted by a capability that ends here, unless the limit itself is gone: without this
  // every allocation beyond the limit would fail. What is locked stays locked.
  rlimit limit{};
  if (!sanitized && ::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    ::mlockall(MCL_CURRENT | MCL_ONFAULT);

  const auto groups = groups_of(*uid);
  if (::setgroups(groups.size(), groups.data()) != 0) refuse(user, "setgroups: " + credcache::errno_text());
  if (::setresgid(*gid, *gid, *gid) != 0) refuse(user, "setresgid: " + credcache::errno_text());
  ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
  if (::setresuid(*uid, *uid, *uid) != 0) refuse(user, "setresuid: " + credcache::errno_text());
  capabilities none;
  if (!none.write()) refuse(user, "capset: " + credcache::errno_text());

  if (!is_only(*uid, *gid) || !none.read() || !none.none() || ::setuid(0) == 0 || ::setgid(0) == 0)
    refuse(user, "the kernel took the change but some right of root is left; this is a bug or a patched kernel");
  if (!make_undumpable()) refuse(user, "the process stays dumpable: " + credcache::errno_text());
}

}  // namespace credcached::platform
