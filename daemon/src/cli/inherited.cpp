#include "cli/inherited.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace credcached::cli {
namespace {

/// What finds programs, files and people, and says how text is shown. LC_* as well.
constexpr std::array<std::string_view, 10> plain_names{"PATH", "HOME", "USER", "LOGNAME", "SHELL",
                                                       "TERM", "LANG", "TZ",   "TMPDIR",  "XDG_RUNTIME_DIR"};
constexpr std::string_view locale_prefix = "LC_";

bool is_plain_name(std::string_view name) {
  return std::ranges::find(plain_names, name) != plain_names.end() || name.starts_with(locale_prefix);
}

bool has(const std::set<std::string_view>& unset, std::string_view name) {
  return unset.contains(name) || std::ranges::any_of(unset, [name](std::string_view all) {
           return all.ends_with('*') && name.starts_with(all.substr(0, all.size() - 1));
         });
}

}  // namespace

inheritance inherited(char* const* environment, const std::set<std::string_view>& unset, const exec_options& options) {
  inheritance result;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const std::string_view name = entry.substr(0, entry.find('='));
    const bool kept = std::ranges::find(options.keep, name) != options.keep.end();
    const bool unwanted = has(unset, name);
    if (!kept && unwanted && !options.pristine) result.removed.insert(name);
    if (kept || (!unwanted && (!options.pristine || is_plain_name(name)))) result.entries.push_back(*environment);
  }
  result.entries.push_back(nullptr);
  return result;
}

std::string inherited_by_pristine() {
  return credcache::joined(plain_names) + " and LC_* alone";
}

}  // namespace credcached::cli
