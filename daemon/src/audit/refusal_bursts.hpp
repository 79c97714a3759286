// Many refusals in few lines: the first one of its kind has its line at once; those that follow it are counted, and once a
// second a line is the last of them with their number. It begins anew after a second without any.
//
// A kind is a peer, a status, an operation with its action, an owner, a csp and a profile, so that a flood of one hides no
// other. A peer is a uid, a token, or everybody who comes over TCP without one. Once there are as many kinds as are told
// apart, what is left of a peer's refusals counts by status alone: so nobody fills the audit, or memory, by naming
// many owners.
//
// Thread safety: any thread.
// Failure:       without memory to count a refusal it has its own line.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "audit/audit_log.hpp"
#include "credcache/clock.hpp"

namespace credcached::audit {

class refusal_bursts {
 public:
  static constexpr std::chrono::seconds interval{1};

  /// Whether `refusal` has a line of its own; if not it has been counted, and flush() writes about it.
  [[nodiscard]] bool has_its_own_line(const audit_event& refusal, credcache::time_point now) noexcept;
  /// Writes the lines that are due at `now`. Returns when the next one will be, max() if
  /// nothing was refused lately.
  credcache::time_point flush(credcache::time_point now, audit_log& into);

  /// Told when a flush() is due for the first time since there was none. Set once, before the first refusal; must not
  /// throw.
  std::function<void(credcache::time_point)> on_first;

 private:
  static constexpr std::size_t most_kinds = 64;

  using kind = std::tuple<uid_t, std::string, unsigned, std::string>;  // uid, token, status, what was asked for
  /// An event with texts of its own.
  struct kept_event {
    platform::peer peer;
    std::string token, owner, csp, site, type, name, profile;
    audit_event event;  // its views are into the texts above once view() was called

    void keep(const audit_event& e);
    [[nodiscard]] const audit_event& view();
  };
  struct burst {
    credcache::time_point due;
    std::size_t count = 0;  // since the last line
    kept_event last;
  };

  [[nodiscard]] kind kind_of(const audit_event& refusal) const;

  std::mutex mutex_;
  std::map<kind, burst> bursts_;
};

}  // namespace credcached::audit
