// For tests that fork: a child has the locks of all threads and no thread but its own, so it may wait for ever for one that
// an earlier test's thread held, such as the allocator's of a sanitizer.
#pragma once

#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

namespace credcache::testing {

/// Waits for the end of the threads that earlier tests have begun; for one second at most.
inline void wait_for_other_threads() {
  for (int i = 0; i < 100; ++i) {
    const std::filesystem::directory_iterator threads("/proc/self/task");
    if (std::distance(begin(threads), end(threads)) == 1) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace credcache::testing
