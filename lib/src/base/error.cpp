#include "credcache/error.hpp"

#include <utility>

#include "base/text.hpp"

namespace credcache::inline v1 {

std::string_view to_string(error code) noexcept {
  switch (code) {
    case error::invalid_owner:
      return "invalid_owner";
    case error::unknown_csp:
      return "unknown_csp";
    case error::csp_not_active:
      return "csp_not_active";
    case error::capability_not_found:
      return "capability_not_found";
    case error::unknown_variable:
      return "unknown_variable";
    case error::duplicate_variable:
      return "duplicate_variable";
    case error::invalid_value:
      return "invalid_value";
    case error::not_text:
      return "not_text";
    case error::variables_not_complete:
      return "variables_not_complete";
    case error::invalid_lifetime:
      return "invalid_lifetime";
    case error::credentials_not_found:
      return "credentials_not_found";
    case error::several_found:
      return "several_found";
    case error::expires_too_soon:
      return "expires_too_soon";
    case error::empty_removal:
      return "empty_removal";
    case error::already_cached:
      return "already_cached";
    case error::owner_full:
      return "owner_full";
    case error::cache_full:
      return "cache_full";
  }
  return "unknown error";
}

credential_error::credential_error(failure reason)
    : std::runtime_error(std::string(to_string(reason.code)) + ": " + joined(reason.details, " ")),
      reason_(std::make_shared<const failure>(std::move(reason))) {}

}  // namespace credcache::inline v1
