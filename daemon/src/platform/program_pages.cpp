#include "platform/program_pages.hpp"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace credcached::platform {
namespace {

int let_go(dl_phdr_info* program, std::size_t, void*) noexcept {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = program->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;  // what was written is nowhere else
    const std::uintptr_t begin = (program->dlpi_addr + part.p_vaddr) / page * page;
    const std::uintptr_t end = program->dlpi_addr + part.p_vaddr + part.p_memsz;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader says where as a number.
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED_LOCKED);
  }
  return 1;  // the first one is the program itself: its libraries are shared with others
}

}  // namespace

void let_go_of_program_pages() noexcept {
  ::dl_iterate_phdr(let_go, nullptr);
}

}  // namespace credcached::platform
