// What the library's tests share: time that only the test moves, catalogs from text, a source over a map, an observer
// that writes down. service_fixture.hpp makes a service of all that.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "credcache/credential_service.hpp"

namespace credcache::testing {

using namespace std::chrono_literals;

/// The moment at which tests begin, plus `after`, on both clocks.
inline instant at(std::chrono::nanoseconds after = {}) {
  const wall_time wall{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
  return {time_point{24h} + after, wall + std::chrono::duration_cast<std::chrono::milliseconds>(after)};
}

inline std::shared_ptr<const provider_catalog> catalog_of(const std::vector<std::string>& texts) {
  std::vector<definition_file> files;
  for (const std::string& text : texts) files.push_back({std::to_string(100 + files.size()) + ".yaml", text});
  return provider_catalog::load(files);
}

using value_map = std::map<std::string, std::string, std::less<>>;

/// A source over a map that the test goes on changing.
class map_source final : public value_source {
 public:
  map_source(value_origin origin, std::shared_ptr<const value_map> values)
      : origin_(origin), values_(std::move(values)) {}
  [[nodiscard]] value_origin origin() const noexcept override { return origin_; }
  [[nodiscard]] bool has(std::string_view name) const noexcept override {
    const auto found = values_->find(name);
    return found != values_->end() && !is_blank(found->second);
  }
  [[nodiscard]] bool is_at_hand() const noexcept override { return true; }
  void fetch(std::span<const std::string_view> names, std::span<fetched_value> out, instant) override {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto found = values_->find(names[i]);
      if (found != values_->end()) out[i].value = secret::copy_of(found->second);
    }
  }

 private:
  value_origin origin_;
  std::shared_ptr<const value_map> values_;
};

/// Writes down what the cache tells: "expired alice PAIR".
class recorder final : public observer {
 public:
  void expired(owner_view owner, credential_key_view key) noexcept override { note("expired", owner, key); }
  void evicted(owner_view owner, credential_key_view key) noexcept override { note("evicted", owner, key); }
  void next_deadline_moved(time_point deadline) noexcept override {
    const std::lock_guard hold(mutex_);
    armed.push_back(deadline);
  }

  std::vector<std::string> events;
  std::vector<time_point> armed;

 private:
  void note(const char* event, owner_view owner, credential_key_view key) {
    const std::lock_guard hold(mutex_);
    events.push_back(std::string(event) + " " + std::string(owner.name) + " " + std::string(key.name) +
                     (key.profile.empty() ? "" : "/" + std::string(key.profile)));
  }
  std::mutex mutex_;
};

}  // namespace credcache::testing
