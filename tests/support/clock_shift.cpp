// Preloaded into the daemon by tests/integration/faults_test.cpp: moves its wall clock by the seconds that stand in the
// file $CLOCK_SHIFT_FILE, and no other clock. The machine's own clock stays as it is.
#include <dlfcn.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>

extern "C" int clock_gettime(clockid_t clock, timespec* into) noexcept {
  using function = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, into);
  const char* const name = std::getenv("CLOCK_SHIFT_FILE");
  if (clock != CLOCK_REALTIME || name == nullptr) return result;
  if (std::FILE* const file = std::fopen(name, "re")) {
    long shift = 0;
    if (std::fscanf(file, "%ld", &shift) == 1) into->tv_sec += shift;
    std::fclose(file);
  }
  return result;
}
