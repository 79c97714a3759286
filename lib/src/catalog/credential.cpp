#include "credcache/credential_key.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "credcache/value_origin.hpp"

namespace credcache::inline v1 {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> type_names{"variables", "http_authentication", "api_key", "oauth2"};
constexpr std::array<std::string_view, value_origin::kinds> origin_names{
    "missing",       "deploy variables", "cache",      "systemd credential",
    "configuration", "environment",      "definition", "other"};
static_assert(type_names.size() == static_cast<std::size_t>(credential_type::oauth2) + 1);
static_assert(!origin_names.back().empty());

}  // namespace

std::string_view to_string(credential_type type) noexcept {
  return type_names[static_cast<std::size_t>(type)];
}

std::optional<credential_type> credential_type_of(std::string_view text) noexcept {
  for (std::size_t i = 0; i < type_names.size(); ++i) {
    if (equal_ignoring_case(text, type_names[i])) return static_cast<credential_type>(i);
  }
  return std::nullopt;
}

std::string_view to_string(value_origin origin) noexcept {
  return origin.name_.empty() ? origin_names[origin.kind_] : origin.name_;
}

bool same_letters(std::string_view a, std::string_view b) noexcept {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

}  // namespace credcache::inline v1
