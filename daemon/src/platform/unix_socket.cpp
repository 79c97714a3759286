#include "platform/unix_socket.hpp"

#include "base/system_text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "platform/peer_identity.hpp"
#include "platform/trusted_folder.hpp"

namespace credcached::platform {
namespace {

constexpr const char* or_choose = " or choose another --listen";

[[noreturn]] void refuse(const std::string& text) {
  throw std::runtime_error(text);
}

// A full sun_path needs no zero at its end (unix(7)): that leaves room for the ~ behind the longest path of a client.
struct address {
  sockaddr_un bytes{};
  socklen_t size;
  explicit address(const std::string& path)
      : size(static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())) {
    bytes.sun_family = AF_UNIX;
    std::memcpy(bytes.sun_path, path.data(), path.size());
  }
  [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&bytes); }
};

credcache::unique_fd stream_socket(int family) {
  credcache::unique_fd made{::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!made) refuse("cannot make a socket: " + credcache::errno_text());
  return made;
}

// Says who serves the path, if anybody does. Only a refused connection proves that nobody is there.
enum class occupant { nobody, living, gone };
occupant probe(const std::string& path, pid_t& pid) {
  const credcache::unique_fd client = stream_socket(AF_UNIX);
  const address target(path);
  if (::connect(client.get(), target.get(), target.size) == 0) {
    pid = peer_of_unix_socket(client.get()).pid;
    return occupant::living;
  }
  if (errno == ECONNREFUSED) return occupant::nobody;
  if (errno == ENOENT) return occupant::gone;
  if (errno == EAGAIN) return occupant::living;  // its queue is full
  refuse("socket " + path + ": cannot tell whether it is in use: " + credcache::errno_text() + ": remove it yourself" +
         or_choose);
}

[[noreturn]] void refuse_living(const std::string& path, const std::string& program, pid_t pid) {
  const std::string name = pid > 0 ? " (pid " + std::to_string(pid) + ")" : "";
  refuse(program + name + " is already serving " + path + ": stop it" + or_choose);
}

credcache::unique_fd take_lock(const credcache::unique_fd& folder, const std::string& name, const std::string& path) {
  const std::string file = name + ".lock";
  credcache::unique_fd lock{
      ::openat(folder.get(), file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)};
  struct stat info {};
  if (!lock || ::fstat(lock.get(), &info) != 0)
    refuse("lock file " + path + ".lock cannot be opened: " + credcache::errno_text() + ": repair that" + or_choose);
  if (!S_ISREG(info.st_mode))
    refuse(path + ".lock: found something that is not a regular file, expected one or nothing: remove it" + or_choose);
  int failed = ::flock(lock.get(), LOCK_EX | LOCK_NB);
  while (failed != 0 && errno == EINTR) failed = ::flock(lock.get(), LOCK_EX | LOCK_NB);
  if (failed == 0) return lock;
  if (errno != EWOULDBLOCK)
    refuse("lock file " + path + ".lock cannot be locked: " + credcache::errno_text() + ": choose another --listen");
  pid_t pid = 0;
  struct stat socket {};
  if (::fstatat(folder.get(), name.c_str(), &socket, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(socket.st_mode))
    probe(path, pid);
  refuse_living(path, "another credcached", pid);
}

// With the lock held, a socket here is either stale or not from a credcached that locks.
void clear_path(const credcache::unique_fd& folder, const std::string& name, const std::string& path) {
  struct stat info {};
  if (::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (!S_ISSOCK(info.st_mode))
    refuse(path + ": found something that is not a socket, expected a socket or nothing: move it away" + or_choose);
  pid_t pid = 0;
  const occupant found = probe(path, pid);
  if (found == occupant::living) {
    const std::string program = executable_of(pid);
    refuse_living(path, program.empty() ? "another process" : program, pid);
  }
  if (found == occupant::nobody && ::unlinkat(folder.get(), name.c_str(), 0) != 0 && errno != ENOENT)
    refuse("stale socket " + path + " cannot be removed: " + credcache::errno_text() + ": remove it yourself" +
           or_choose);
}

// What chown takes for "leave it as it is" if nothing is asked for.
template <class Id>
Id id_of(const std::string& path, const std::string& key, const std::optional<std::string>& name,
         std::optional<Id> (*look_up)(const std::string&)) {
  if (!name) return static_cast<Id>(-1);
  const auto found = look_up(*name);
  if (!found) refuse(path + ": found " + key + " \"" + *name + "\", expected one this system knows: correct it");
  return *found;
}

// Sets what the listener asks for on a socket that nobody but its maker may connect to, and returns what it is now. At
// no moment may anybody connect who may not in the end: the kernel looks at the mode before it looks whether somebody
// listens, so a connect() that began too early could succeed later. Hence group, mode, owner, in this order; the mode
// after the change of owner would take CAP_FOWNER.
struct stat set_owner_and_mode(const credcache::unique_fd& folder, const std::string& name,
                               const config::listener& listener) {
  const uid_t uid = id_of(listener.path, "owner", listener.owner, uid_of);
  const gid_t gid = id_of(listener.path, "group", listener.group, gid_of);
  const auto give_to = [&](uid_t to_uid, gid_t to_gid) {
    if (::fchownat(folder.get(), name.c_str(), to_uid, to_gid, AT_SYMLINK_NOFOLLOW) == 0) return;
    refuse(listener.path + " cannot be given to " + listener.owner.value_or("its user") + ":" +
           listener.group.value_or("its group") + ": " + credcache::errno_text() +
           ": start as root (a group may also be one that you are in) or leave owner and group out");
  };
  if (listener.group) give_to(static_cast<uid_t>(-1), gid);
  if (::fchmodat(folder.get(), name.c_str(), listener.mode, 0) != 0)
    refuse(listener.path + " does not take mode " + credcache::octal(listener.mode) + ": " + credcache::errno_text() +
           ": choose another --listen");
  if (listener.owner) give_to(uid, static_cast<gid_t>(-1));
  struct stat info {};
  const bool seen = ::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
  if (!seen || !S_ISSOCK(info.st_mode) || (info.st_mode & 07777U) != listener.mode ||
      (listener.owner && info.st_uid != uid) || (listener.group && info.st_gid != gid)) {
    refuse(listener.path + ": found mode " + credcache::octal(info.st_mode) + ", uid " + std::to_string(info.st_uid) +
           ", gid " + std::to_string(info.st_gid) + " after setting others: choose a --listen on another file system");
  }
  return info;
}

// Takes the name under which a socket is prepared away again, unless it has been renamed.
struct preparation {
  const credcache::unique_fd& folder;
  const std::string& name;
  bool done = false;
  ~preparation() {
    if (!done) ::unlinkat(folder.get(), name.c_str(), 0);
  }
};

}  // namespace

bound_socket::bound_socket(credcache::unique_fd socket, credcache::unique_fd lock, std::string path, dev_t device,
                           ino_t inode) noexcept
    : lock_(std::move(lock)), socket_(std::move(socket)), path_(std::move(path)), device_(device), inode_(inode) {}

bound_socket::bound_socket(bound_socket&& other) noexcept
    : lock_(std::move(other.lock_)),
      socket_(std::move(other.socket_)),
      path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_) {}

bound_socket& bound_socket::operator=(bound_socket&& other) noexcept {
  bound_socket taken(std::move(other));
  std::swap(lock_, taken.lock_);
  std::swap(socket_, taken.socket_);
  std::swap(path_, taken.path_);
  std::swap(device_, taken.device_);
  std::swap(inode_, taken.inode_);
  return *this;
}

// The path goes before the lock (members are destroyed after this body): nobody else can own it in between.
bound_socket::~bound_socket() {
  struct stat info {};
  if (path_.empty() || ::lstat(path_.c_str(), &info) != 0) return;
  if (info.st_dev == device_ && info.st_ino == inode_) ::unlink(path_.c_str());
}

bound_socket listen_unix(const config::listener& listener) {
  const std::string& path = listener.path;
  constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  if (path.size() > longest) {
    refuse("socket " + path + ": found a path of " + std::to_string(path.size()) + " bytes, expected at most " +
           std::to_string(longest) + ", which is what a socket address holds: choose a shorter --listen");
  }
  const auto slash = path.rfind('/');
  if (path.empty() || path.front() != '/' || slash + 1 == path.size())
    refuse("socket \"" + path + "\": expected the absolute path of a file: choose another --listen");
  const std::string name = path.substr(slash + 1);
  const bool shared = listener.owner || listener.group || (listener.mode & 077U) != 0;

  const credcache::unique_fd folder =
      open_trusted_folder(slash == 0 ? "/" : path.substr(0, slash), shared ? 0711 : 0700, or_choose);
  credcache::unique_fd lock = take_lock(folder, name, path);
  clear_path(folder, name, path);
  const std::string prepared = name + "~";
  clear_path(folder, prepared, path + "~");  // left behind by a start that was killed

  credcache::unique_fd socket = stream_socket(AF_UNIX);
  const address target(path + "~");
  // The mode of an unbound socket is what its file is made with, less the umask.
  if (::fchmod(socket.get(), listener.mode & 0600U) != 0)
    refuse("a socket does not take a mode: " + credcache::errno_text());
  if (::bind(socket.get(), target.get(), target.size) != 0)
    refuse("socket " + path + " cannot be bound: " + credcache::errno_text() + ": repair that" + or_choose);
  preparation unfinished{folder, prepared};
  const struct stat info = set_owner_and_mode(folder, prepared, listener);
  if (::listen(socket.get(), SOMAXCONN) != 0) refuse("cannot listen on " + path + ": " + credcache::errno_text());
  if (::renameat2(folder.get(), prepared.c_str(), folder.get(), name.c_str(), RENAME_NOREPLACE) != 0)
    refuse("socket " + path + " cannot be put in place: " + credcache::errno_text() + ": start again" + or_choose);
  unfinished.done = true;
  return {std::move(socket), std::move(lock), path, info.st_dev, info.st_ino};
}

}  // namespace credcached::platform
