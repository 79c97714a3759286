// Many refusals in few lines: the first one of a peer has its line at once; those that follow it are counted, and once a
// second a line is the last of them with their number. So a peer that is refused writes no more of the audit than a
// line a second for each status, and a line says which csp it asked for last.
//
// A peer is a uid, a token, or everybody who comes over TCP without one. It begins anew after a second without refusals.
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
  /// Writes the lines that are due at `now`; time_point::max() means all. Returns when the next one will be, max() if
  /// nothing was refused lately.
  credcache::time_point flush(credcache::time_point now, audit_log& into);

  /// Told when a flush() is due for the first time since there was none. Set once, before the first refusal; must not
  /// throw.
  std::function<void(credcache::time_point)> on_first;

 private:
  using kind = std::tuple<uid_t, std::string, unsigned>;  // uid, token, status
  /// An event with texts of its own.
  struct kept_event {
    platform::peer peer;
    std::string token, owner, csp, site, type, name;
    audit_event event;  // its views are into the texts above once view() was called

    void keep(const audit_event& e);
    [[nodiscard]] const audit_event& view();
  };
  struct burst {
    credcache::time_point due;
    std::size_t count = 0;  // since the last line
    kept_event last;
  };

  std::mutex mutex_;
  std::map<kind, burst> bursts_;
};

}  // namespace credcached::audit
