// What credential_service must answer, in the plainest form: a map with deadlines, over the definitions of `alpha`.
//
// Knows no slots, shards, sealing or sweeps; it is written from the contract (docs/resolve.md), not from the sources.
#pragma once

#include <set>

#include "library_fixture.hpp"

namespace credcache::testing {

class service_model {
 public:
  struct entry {
    value_map values;
    std::string description;
    std::chrono::seconds life;
    std::chrono::nanoseconds created, deadline, last_read{};
    std::uint64_t reads = 0;
    std::uint64_t position = 0;  ///< in the order in which credentials were added
  };
  using place = std::pair<owner, credential_key>;
  struct answer {
    std::optional<error> refused;
    std::string name;  ///< of the definition that won
    std::string profile;
    std::vector<std::string> others;
    std::optional<std::chrono::nanoseconds> deadline;                    ///< none from the environment alone
    std::map<std::string, std::pair<value_origin, std::string>> values;  ///< variable → where from, value
    std::chrono::seconds remaining{};                                    ///< with expires_too_soon
  };

  cache_limits limits;
  lifetime_limits lifetimes;
  std::shared_ptr<const value_map> environment;

  /// Time passes: what is over is gone.
  void pass_to(std::chrono::nanoseconds now) {
    std::erase_if(entries_, [&](const auto& item) { return item.second.deadline <= now; });
    now_ = now;
  }
  [[nodiscard]] const std::map<place, entry>& entries() const { return entries_; }

  std::optional<error> add(const owner& who, const credential_key& key, const value_map& values,
                           std::optional<std::chrono::seconds> wish, const std::string& description);
  std::set<credential_key> remove(const owner& who, const removal& what);
  answer resolve(const owner& who, const std::string& site, credential_type type, const std::string& name,
                 const std::optional<std::string>& profile, several choice, std::chrono::seconds min_ttl);

 private:
  [[nodiscard]] answer join(credential_type type, const std::string& name, const value_map& cached) const;

  std::map<place, entry> entries_;
  std::uint64_t next_position_ = 0;
  std::chrono::nanoseconds now_{};
};

}  // namespace credcache::testing
