#include "platform/peer_identity.hpp"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/text.hpp"

namespace credcached::platform {
namespace {

using boost::system::error_code;
using boost::system::result;

// Calls get{pw,gr}*_r with a buffer that grows until the entry fits, and hands the entry to `use` while it is valid.
// Nothing if there is no such entry; an error if the database could not be asked.
template <class Entry, class Lookup, class Use>
auto look_up(Lookup lookup, Use use) -> result<std::optional<decltype(use(std::declval<const Entry&>()))>> {
  constexpr std::size_t largest = 16 * 1024 * 1024;  // a group of 100,000 members takes about 1 MiB
  int error = ERANGE;
  for (std::vector<char> buffer(4096); error == ERANGE && buffer.size() <= largest; buffer.resize(buffer.size() * 4)) {
    Entry entry{};
    Entry* found = nullptr;
    do error = lookup(&entry, buffer.data(), buffer.size(), &found);
    while (error == EINTR);
    if (error != 0) continue;
    if (found == nullptr) return std::nullopt;
    return use(*found);
  }
  return error_code(error, boost::system::generic_category());
}

template <class Use>
auto user_by_uid(uid_t uid, Use use) {
  return look_up<passwd>([uid](auto... rest) { return ::getpwuid_r(uid, rest...); }, use);
}

template <class T>
T or_throw(result<T> answer, const std::string& name) {
  if (answer) return std::move(*answer);
  throw std::system_error(answer.error().value(), std::generic_category(),
                          "the user database cannot be asked for " + name);
}

// The highest number is what chown and setresuid take for "leave it as it is".
std::optional<unsigned> number(const std::string& text) {
  const auto value = credcache::whole_number<unsigned>(text);
  return value == UINT_MAX ? std::nullopt : value;
}

bool all_digits(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, credcache::is_digit);
}

}  // namespace

peer peer_of_unix_socket(int fd) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot ask the kernel who connected");
  peer peer;
  peer.uid = credentials.uid;
  peer.gid = credentials.gid;
  peer.pid = credentials.pid;
  peer.socket = fd;
  return peer;
}

// The kernel says how many there are if they do not fit.
std::vector<gid_t> groups_of_peer(int fd) {
  std::vector<gid_t> groups(32);
  for (;;) {
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const bool fits = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0;
    if (!fits && errno != ERANGE)
      throw std::system_error(errno, std::generic_category(), "cannot ask the kernel for the groups of who connected");
    groups.resize(size / sizeof(gid_t));
    if (fits) return groups;
  }
}

result<std::optional<std::string>> login_name(uid_t uid) {
  return user_by_uid(uid, [](const passwd& user) { return std::string(user.pw_name); });
}

std::optional<uid_t> uid_of(const std::string& name_or_number) {
  if (all_digits(name_or_number)) return number(name_or_number);
  return or_throw(look_up<passwd>([&](auto... rest) { return ::getpwnam_r(name_or_number.c_str(), rest...); },
                                  [](const passwd& user) { return user.pw_uid; }),
                  "user " + name_or_number);
}

std::optional<gid_t> gid_of(const std::string& name_or_number) {
  if (all_digits(name_or_number)) return number(name_or_number);
  return or_throw(look_up<group>([&](auto... rest) { return ::getgrnam_r(name_or_number.c_str(), rest...); },
                                 [](const group& found) { return found.gr_gid; }),
                  "group " + name_or_number);
}

std::optional<gid_t> primary_group_of(uid_t uid) {
  return or_throw(user_by_uid(uid, [](const passwd& user) { return user.pw_gid; }), "uid " + std::to_string(uid));
}

std::vector<gid_t> groups_of(uid_t uid) {
  const auto name = or_throw(login_name(uid), "uid " + std::to_string(uid));
  const auto primary = primary_group_of(uid);
  if (!name || !primary) return {};
  std::vector<gid_t> groups(32);
  for (;;) {
    int count = static_cast<int>(groups.size());
    const bool fits = ::getgrouplist(name->c_str(), *primary, groups.data(), &count) >= 0;
    // The count is what was needed; the database may have grown since, so ask until it fits.
    groups.resize(static_cast<std::size_t>(count));
    if (fits) return groups;
  }
}

std::string executable_of(pid_t pid) {
  char file[PATH_MAX];
  const ssize_t size = ::readlink(("/proc/" + std::to_string(pid) + "/exe").c_str(), file, sizeof file);
  return size <= 0 ? std::string() : std::string(file, static_cast<std::size_t>(size));
}

}  // namespace credcached::platform
