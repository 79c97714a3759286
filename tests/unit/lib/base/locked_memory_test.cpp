// Memory for keys: locked, out of core dumps, absent from children, and honest about it where the kernel refuses.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>
#include <list>
#include <optional>
#include <set>

#include "credcache/locked_memory.hpp"
#include "forked.hpp"
#include "memory_map.hpp"

namespace locked_memory_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

constexpr uid_t nobody = 65534;

// From here on this process has no memfd_secret, as on a kernel that is older or has it switched off.
bool give_up_memfd_secret() {
  sock_filter program[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},  // the system call's number
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_memfd_secret},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog filter{4, program};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

bool all_zero(const locked_memory& memory) {
  return std::ranges::all_of(memory.bytes(), [](unsigned char byte) { return byte == 0; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(locked_memories)

BOOST_AUTO_TEST_CASE(it_comes_zeroed_and_on_a_cache_line) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{33}, std::size_t{4097}, std::size_t{70'000}}) {
    const locked_memory memory(size);
    BOOST_TEST(memory.bytes().size() >= size);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(memory.bytes().data()) % 64 == 0u);
    BOOST_TEST(all_zero(memory));
    std::ranges::fill(memory.bytes(), std::uint8_t{0x5a});  // the next block may get the same place
  }
}

BOOST_AUTO_TEST_CASE(blocks_share_pages_and_never_bytes) {
  std::list<locked_memory> blocks;
  for (std::size_t i = 0; i < 100; ++i) {
    blocks.emplace_back(i * 40 + 1);
    BOOST_TEST(all_zero(blocks.back()));
    std::ranges::fill(blocks.back().bytes(), static_cast<std::uint8_t>(i + 1));
    if (i % 3 == 2) blocks.erase(std::prev(blocks.end(), 2));
  }
  std::set<std::uintptr_t> pages;
  for (const locked_memory& block : blocks) {
    const auto first = block.bytes().front();
    BOOST_TEST(std::ranges::all_of(block.bytes(), [&](unsigned char byte) { return byte == first; }));
    pages.insert(reinterpret_cast<std::uintptr_t>(block.bytes().data()) / 4096);
  }
  BOOST_TEST(pages.size() < blocks.size());
}

BOOST_AUTO_TEST_CASE(the_kernel_confirms_what_kind_says) {
  const locked_memory memory(1);
  memory.bytes()[0] = 1;
  const memory_region region = region_of(memory.bytes().data());
  BOOST_TEST_INFO("kind " << memory.kind() << ", region \"" << region.name << "\" " << region.flags);
  BOOST_TEST(region.has("dd "));
  BOOST_TEST((region.has("dc ") || region.has("wf ")));
  if (memory.kind() == "memfd_secret") BOOST_TEST(region.name.starts_with("/secretmem"));
  if (memory.kind() != "unlocked") BOOST_TEST(region.is_guarded());
}

BOOST_AUTO_TEST_CASE(a_forked_child_cannot_read_it) {
  const locked_memory memory(32);
  std::memset(memory.bytes().data(), 0x5a, 32);
  const child_end end = in_forked_child([&] { return all_zero(memory) ? 0 : 1; });
  BOOST_TEST(((memory.kind() == "memfd_secret" && end.signal == SIGSEGV) || end.code == 0));
  BOOST_TEST(memory.bytes()[31] == 0x5a);
}

namespace {

// What a child finds out about a block of its parent's: 0 if it can tell that the block is absent, destroy it, and have
// another one that its own child finds absent.
int life_of_a_child(std::optional<locked_memory>& inherited) {
  if (inherited->present()) return 1;
  locked_memory own(inherited->bytes().size());
  if (!own.present() || !all_zero(own)) return 2;
  own.bytes()[0] = 0x5a;
  inherited.reset();
  if (!own.present() || own.bytes()[0] != 0x5a) return 3;
  return in_forked_child([&] { return own.present() ? 1 : 0; }).code == 0 ? 0 : 4;
}

}  // namespace

BOOST_DATA_TEST_CASE(a_forked_child_knows_it_and_has_blocks_of_its_own,
                     data::make({std::size_t{32}, std::size_t{70'000}}), size) {
  std::optional<locked_memory> memory(size);
  memory->bytes()[0] = 0x5a;
  BOOST_TEST(memory->present());
  BOOST_TEST(in_forked_child([&] { return life_of_a_child(memory); }).code == 0);
  BOOST_TEST(memory->present());
  BOOST_TEST(memory->bytes()[0] == 0x5a);
}

BOOST_AUTO_TEST_CASE(without_memfd_secret_it_is_locked_and_wiped_in_children) {
  const child_end end = in_forked_child([] {
    if (!give_up_memfd_secret()) return 77;
    std::optional<locked_memory> memory(32);
    if (memory->kind() == "memfd_secret") return 1;
    const memory_region region = region_of(memory->bytes().data());
    if (!region.has("dd ") || !region.has("wf ")) return 2;
    if (memory->kind() == "mlock" && !region.is_guarded()) return 3;
    memory->bytes()[0] = 0x5a;
    if (in_forked_child([&] { return all_zero(*memory) ? 0 : 1; }).code != 0) return 4;
    return in_forked_child([&] { return life_of_a_child(memory); }).code == 0 ? 0 : 5;
  });
  if (end.code == 77) {
    BOOST_TEST_MESSAGE("not tested: no seccomp filter here");
  } else {
    BOOST_TEST(end.code == 0);
  }
}

BOOST_AUTO_TEST_CASE(pages_go_with_their_last_block) {
  // In a child, which has no blocks but these.
  const child_end end = in_forked_child([] {
    const auto count = [] { return std::ranges::count_if(memory_regions(), &memory_region::is_guarded); };
    const auto before = count();
    {
      const locked_memory first(32), second(32);
      if (first.kind() == "unlocked") return 77;
      if (count() != before + 1) return 1;
    }
    return count() == before ? 0 : 2;
  });
  if (end.code == 77) {
    BOOST_TEST_MESSAGE("not tested: no memory may be locked here");
  } else {
    BOOST_TEST(end.code == 0);
  }
}

BOOST_AUTO_TEST_CASE(where_nothing_may_be_locked_it_says_so) {
  const child_end end = in_forked_child([] {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_MEMLOCK, &none) != 0) return 77;
    if (::geteuid() == 0 && ::setresuid(nobody, nobody, nobody) != 0) return 77;
    const locked_memory memory(32);
    return memory.kind() == "unlocked" && memory.bytes()[0] == 0 ? 0 : 1;
  });
  if (end.code == 77) {
    BOOST_TEST_MESSAGE("not tested: privileges cannot be dropped here");
  } else {
    BOOST_TEST(end.code == 0);
  }
}

BOOST_AUTO_TEST_CASE(moving_keeps_the_address_and_the_last_owner_gives_it_back) {
  unsigned char* place = nullptr;
  {
    locked_memory first(32);
    place = first.bytes().data();
    const locked_memory second(std::move(first));
    BOOST_TEST(second.bytes().data() == place);
    BOOST_TEST(first.bytes().empty());
  }
  // Unmapped, or given to somebody else since.
  const memory_region region = region_of(place);
  BOOST_TEST((region.end == 0 || !region.name.starts_with("/secretmem") || region.is_guarded()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace locked_memory_test
