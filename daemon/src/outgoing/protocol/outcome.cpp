#include "outgoing/protocol/outcome.hpp"

#include <algorithm>
#include <array>

namespace credcached::outgoing {

namespace {

constexpr std::array<std::string_view, 20> words{
    "answered",      "bad_request", "ca_unreadable", "dns",         "refused_address", "unreachable", "proxy_refused",
    "tls_untrusted", "tls_expired", "tls_name",      "tls_failed",  "not_tls",         "timeout",     "too_large",
    "malformed",     "disabled",    "busy",          "unavailable", "unknown",         "cancelled"};
static_assert(words.size() == static_cast<std::size_t>(outcome::cancelled) + 1);

constexpr std::size_t said_by_couriers = static_cast<std::size_t>(outcome::disabled);

}  // namespace

std::string_view to_string(outcome what) noexcept {
  return words[static_cast<std::size_t>(what)];
}

std::optional<outcome> outcome_from_courier(std::string_view word) noexcept {
  const auto end = words.begin() + said_by_couriers;
  const auto found = std::find(words.begin(), end, word);
  if (found == end) return std::nullopt;
  return static_cast<outcome>(found - words.begin());
}

}  // namespace credcached::outgoing
