#include "platform/hardening.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>

#include "platform/peer_identity.hpp"
#include "platform_testing.hpp"

namespace hardening_test {

using namespace credcached::platform;
using namespace platform_testing;

namespace {

// The words behind "Name:" in /proc/self/status.
std::string status(const std::string& name) {
  const std::string all = "\n" + read_text("/proc/self/status");
  const auto begin = all.find("\n" + name + ":\t");
  require(begin != std::string::npos, "no " + name);
  const auto value = begin + name.size() + 3;
  return all.substr(value, all.find('\n', value) - value);
}

rlimit limit_of(decltype(RLIMIT_CORE) which) {
  rlimit limit{};
  require(::getrlimit(which, &limit) == 0, "getrlimit");
  return limit;
}

bool can_allocate(std::size_t bytes) {
  const std::unique_ptr<char[]> block(new (std::nothrow) char[bytes]);
  if (block) std::memset(block.get(), 1, bytes);
  return block != nullptr;
}

// Root without one of its capabilities, as containers have it.
void drop_capability(unsigned number) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  require(::syscall(SYS_capget, &header, sets) == 0, "capget");
  sets[number / 32].effective &= ~(1U << (number % 32));
  sets[number / 32].permitted &= ~(1U << (number % 32));
  require(::syscall(SYS_capset, &header, sets) == 0, "capset");
}

void set_memory_limit(rlim_t bytes) {
  const rlimit limit{bytes, bytes};
  require(::setrlimit(RLIMIT_MEMLOCK, &limit) == 0, "setrlimit");
}

constexpr rlim_t small_limit = 64 * 1024;
constexpr std::size_t large_block = std::size_t{64} * 1024 * 1024;
#ifdef CREDCACHED_SANITIZED
constexpr bool can_lock = false;
#else
constexpr bool can_lock = true;
#endif

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_hardening)

BOOST_AUTO_TEST_CASE(hardens_the_process) {
  succeeds_in_child([] {
    ::umask(0);
    const hardening_report report = harden();
    require(report.failures.empty(), "nothing fails");
    require(::prctl(PR_GET_DUMPABLE) == 0, "dumpable");
    require(limit_of(RLIMIT_CORE).rlim_max == 0, "core limit");
    require(status("NoNewPrivs") == "1", "no new privileges");
    require(status("Umask") == "0077", "umask");
    require(::signal(SIGPIPE, SIG_DFL) == SIG_IGN, "SIGPIPE");
    require(limit_of(RLIMIT_NOFILE).rlim_cur == limit_of(RLIMIT_NOFILE).rlim_max, "descriptors");
    require(report.memory_locked == report.memory_note.empty(), report.memory_note);
    require(can_allocate(large_block), "allocate");
  });
}

// A seccomp filter refuses every change of a limit, as a container's may.
BOOST_AUTO_TEST_CASE(a_step_that_the_kernel_refuses_is_said, *boost::unit_test::precondition(as_root())) {
  succeeds_in_child([] {
    sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{std::size(instructions), instructions};
    require(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0, "seccomp");
    const hardening_report report = harden();
    require(report.failures.size() == 1, std::to_string(report.failures.size()) + " failures");
    require(contains(report.failures[0], "RLIMIT_CORE could not be set to 0: Operation not permitted."),
            report.failures[0]);
  });
}

BOOST_AUTO_TEST_CASE(a_crash_leaves_no_core) {
  const temporary_folder folder;
  const auto crashed = in_child([&] {
    require(::chdir(folder.path().c_str()) == 0, "chdir");
    static_cast<void>(harden());
    std::abort();
  });
  BOOST_TEST(WIFSIGNALED(crashed.status));
  BOOST_TEST(!WCOREDUMP(crashed.status));
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(another_process_of_the_user_cannot_read_the_memory, *boost::unit_test::precondition(as_root())) {
  succeeds_in_child([] {
    become_nobody();
    int ready[2], done[2];
    require(::pipe(ready) == 0 && ::pipe(done) == 0, "pipe");
    const pid_t hardened = ::fork();
    if (hardened == 0) {
      char byte = 0;
      ::close(done[1]);
      static_cast<void>(harden());
      ::_exit(::write(ready[1], "x", 1) == 1 && ::read(done[0], &byte, 1) == 0 ? 0 : 1);
    }
    char byte = 0;
    require(::read(ready[0], &byte, 1) == 1, "read");
    const int memory = ::open(("/proc/" + std::to_string(hardened) + "/mem").c_str(), O_RDONLY);
    require(memory < 0 && errno == EACCES, "the memory can be opened");
    ::close(done[1]);
    ::waitpid(hardened, nullptr, 0);
  });
}

BOOST_AUTO_TEST_CASE(root_locks_its_memory, *boost::unit_test::precondition(as_root())) {
  succeeds_in_child([] {
    set_memory_limit(small_limit);
    const hardening_report report = harden();
    require(report.memory_locked == can_lock, report.memory_note);
    require(!can_lock || status("VmLck") != "       0 kB", "nothing is locked");
    require(can_allocate(large_block), "allocate");
    become("nobody");
    require(can_allocate(large_block), "allocate as nobody");
  });
}

// CAP_IPC_LOCK without CAP_SYS_RESOURCE: what `--cap-add IPC_LOCK` gives a container. Once the capability is gone a
// lock on future memory would make every allocation beyond the limit fail.
BOOST_AUTO_TEST_CASE(giving_up_the_right_to_lock_does_not_starve_it, *boost::unit_test::precondition(as_root())) {
  succeeds_in_child([] {
    set_memory_limit(small_limit);
    drop_capability(CAP_SYS_RESOURCE);
    const hardening_report report = harden();
    require(report.memory_locked == can_lock, report.memory_note);
    require(limit_of(RLIMIT_MEMLOCK).rlim_cur == small_limit, "the limit was raised");
    become("nobody");
    require(can_allocate(large_block), "allocate as nobody");
    require(!can_lock || status("VmLck") != "       0 kB", "nothing is locked any more");
  });
}

BOOST_AUTO_TEST_CASE(says_why_memory_is_not_locked, *boost::unit_test::precondition(as_root())) {
  succeeds_in_child([] {
    set_memory_limit(small_limit);
    become_nobody();
    const hardening_report report = harden();
    require(!report.memory_locked, "locked");
    require(!can_lock || contains(report.memory_note, "found RLIMIT_MEMLOCK 65536 bytes"), report.memory_note);
    require(report.failures.empty(), "the rest needs no rights");
    require(can_allocate(large_block), "allocate");
  });
}

BOOST_AUTO_TEST_CASE(becomes_somebody_for_good, *boost::unit_test::precondition(as_root())) {
  for (const bool hardened_before : {false, true}) {
    succeeds_in_child([hardened_before] {
      if (hardened_before) static_cast<void>(harden());
      const gid_t extra[] = {0, 4, 27};
      require(::setgroups(3, extra) == 0, "setgroups");
      become("nobody");
      require(status("Uid") == "65534\t65534\t65534\t65534", status("Uid"));
      require(status("Gid") == "65534\t65534\t65534\t65534", status("Gid"));
      require(status("Groups") == "65534 ", "groups: " + status("Groups"));
      for (const char* set : {"CapEff", "CapPrm", "CapInh", "CapAmb"}) require(status(set) == "0000000000000000", set);
      require(::setuid(0) != 0 && ::seteuid(0) != 0 && ::setgid(0) != 0 && ::setgroups(0, nullptr) != 0, "a way back");
      require(::prctl(PR_GET_DUMPABLE) == 0, "dumpable again");
      become("nobody");  // already is
      become("65534");
      const std::string message = refusal([] { become("daemon"); });
      require(contains(message, "found uid 65534, expected root"), message);
    });
  }
}

BOOST_AUTO_TEST_CASE(keeps_no_capability_when_told_to_keep_them, *boost::unit_test::precondition(as_root())) {
  succeeds_in_child([] {
    require(::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0, "keepcaps");
    become("nobody");
    require(status("CapPrm") == "0000000000000000", status("CapPrm"));
  });
}

BOOST_AUTO_TEST_CASE(refuses_whom_it_cannot_become) {
  const std::string unknown = refusal([] { become("no-such-user-here"); });
  BOOST_TEST(contains(unknown, "cannot become user no-such-user-here: found no such user"), unknown);
  const std::string number = refusal([] { become("3999999999"); });
  BOOST_TEST(contains(number, "found no such user"), number);
  const std::string root = refusal([] { become("root"); });
  BOOST_TEST(contains(root, "found uid 0, expected a user with fewer rights"), root);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace hardening_test
