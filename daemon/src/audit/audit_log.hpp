// The audit: one JSON line per add, resolve, remove, refusal and expiry, to a file or the journal (docs/security.md,
// S14).
//
//   {"time":"…","event":"resolve","uid":1000,"gid":1000,"pid":4711,"user":"alice","csp":"aws","site":"default",
//    "type":"variables","name":"ACCESS_KEY","sources":{"AWS_REGION":"environment"},"status":200,"microseconds":41}
//
// Never a value: nothing here is given one. Neither the file that a process runs: what the kernel says of that later is
// no evidence of who connected. Rotation is logrotate's; SIGHUP opens the file anew.
// Thread safety: any thread; a line to a file is one write(2), appended.
// Failure: lines that are lost (platform/line_sink.hpp says when) are counted; with `onFailure: refuse` they also make
// available() false, and so does one that is only kept for a slow reader, because it may be lost yet.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "credcache/credential.hpp"
#include "credcache/resolution.hpp"
#include "platform/line_sink.hpp"
#include "platform/peer.hpp"

namespace credcached::audit {

struct audit_event {
  std::string_view event;                ///< "add", "resolve", "remove", "adding", "removing", "refusal", "expiry", …
  const platform::peer* peer = nullptr;  ///< none: nobody asked
  std::string_view token;                ///< name of the token, TCP
  std::optional<credcache::owner_view> owner;
  std::string_view csp, site, type, name, profile;  ///< what was named, empty if nothing was
  std::string_view action;                          ///< of a refusal, as access rules call it; outlives the event
  std::size_t rule = 0;                             ///< line of the access rule that refused; 0: none did
  const credcache::resolution* resolved = nullptr;  ///< for the sources
  std::optional<std::size_t> count;                 ///< remove: how many; of refusals: how many the line stands for
  unsigned status = 0;                              ///< 0: nobody asked
  std::string_view error_type;
  std::optional<std::chrono::microseconds> duration;
};

/// Where lines go, opened but not in use yet.
struct audit_file {
  std::unique_ptr<platform::line_sink> file;  ///< null: off, or the journal
  bool journal = false;
  config::audit_failure on_failure = config::audit_failure::count;
};
/// Opens what the settings name. std::runtime_error if the file cannot be opened.
[[nodiscard]] audit_file open_audit_file(const config::audit& settings);

class audit_log {
 public:
  /// Writes to `file` from now on, in place of the one before.
  void use(audit_file file) noexcept;

  /// line_sink::set_waker() of whatever file is in use.
  void set_waker(platform::line_sink::waker function) noexcept;
  /// line_sink::flush() and flush_until().
  bool flush() noexcept;
  void flush_until(credcache::time_point end) noexcept;

  [[nodiscard]] bool on() const noexcept { return on_; }
  /// Whether nothing may be done that has no line.
  [[nodiscard]] bool refuses() const noexcept { return on_ && refuse_; }
  /// False while lines cannot be written and the settings say to refuse then.
  [[nodiscard]] bool available();
  /// False if the line could not be written and the settings say to refuse then.
  bool write(const audit_event& e, credcache::wall_time now);
  /// Lines that were lost.
  [[nodiscard]] std::uint64_t failures() const noexcept;

 private:
  [[nodiscard]] static credcache::secret_buffer line_of(const audit_event& e, credcache::wall_time now);
  bool write_line(std::string_view line);
  [[nodiscard]] platform::line_sink* sink() noexcept;

  mutable std::mutex mutex_;  // guards what follows against a reload
  audit_file file_;
  platform::line_sink::waker waker_;
  std::atomic<bool> on_{false}, refuse_{false}, broken_{false};
  std::uint64_t lost_before_ = 0;  // of the files before this one
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace credcached::audit
