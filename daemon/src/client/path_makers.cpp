#include "client/path_makers.hpp"
#include "base/user_namespace.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <list>
#include <system_error>

namespace credcached::client {

namespace fs = std::filesystem;

// As the kernel follows a path, one component after the other.
bool may_be_made_by_a_stranger(const std::string& path) {
  constexpr int most_links = 40;  // the kernel's own bound
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  std::list<fs::path> ahead(whole.begin(), whole.end());
  fs::path place = "/";
  for (int links = 0; !error && links <= most_links;) {
    if (ahead.empty()) return false;
    const fs::path next = ahead.front();
    ahead.pop_front();
    if (next.empty() || next == "." || next == "/") continue;
    if (next == "..") {
      place = place.parent_path();
      continue;
    }
    struct stat folder {
    }, entry{};
    if (::lstat(place.c_str(), &folder) != 0 || ::lstat((place / next).c_str(), &entry) != 0) return true;
    if ((folder.st_mode & 022U) != 0 && !credcache::is_own_or_root(entry.st_uid)) return true;
    if (!S_ISLNK(entry.st_mode)) {
      place /= next;
      continue;
    }
    ++links;
    const fs::path target = fs::read_symlink(place / next, error);
    if (target.is_absolute()) place = "/";
    ahead.insert(ahead.begin(), target.begin(), target.end());
  }
  return true;
}

}  // namespace credcached::client
