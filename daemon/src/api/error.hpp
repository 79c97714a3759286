// Errors as the contract shows them: status, errorType and details (docs: 2-api, "Errors").
//
// Details are sentences for the caller and never hold a value. A 5xx says nothing about why; the log does.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/error.hpp"
#include "http/response.hpp"

namespace credcached::api {

enum class error_kind {
  parameters_invalid,       ///< 400: malformed JSON, wrong type, unknown member, missing query parameter
  unprocessable,            ///< 422: missing, null or blank field; unknown csp or type in query or path
  plugin_not_found,         ///< 400: the csp is not active
  capability_not_found,     ///< 400
  variables_not_complete,   ///< 400
  no_definition_available,  ///< 400: OpenAPI link for a type without definition
  credentials_not_found,    ///< 404
  expires_too_soon,         ///< 409
  resource_not_found,       ///< 404
  method_not_allowed,       ///< 405
  request_timeout,          ///< 408
  payload_too_large,        ///< 413
  unsupported_media_type,   ///< 415
  expectation_failed,       ///< 417
  header_too_large,         ///< 431
  unauthorized,             ///< 401
  access_denied,            ///< 403
  too_many_requests,        ///< 429
  capacity_exceeded,        ///< 503
  internal,                 ///< 500
};

struct error {
  error_kind kind;
  std::vector<std::string> details;
  std::optional<std::chrono::seconds> retry_after;  ///< Retry-After, with 429 and 503
  std::string allow;                                ///< Allow, with 405
  std::optional<std::chrono::seconds> remaining;    ///< with expires_too_soon

  error() : kind(error_kind::internal) {}
  error(error_kind k, std::vector<std::string> d) : kind(k), details(std::move(d)) {}
  error(error_kind k, std::string detail) : kind(k) { details.push_back(std::move(detail)); }
};

[[nodiscard]] unsigned status_of(error_kind kind) noexcept;
[[nodiscard]] std::string_view error_type_of(error_kind kind) noexcept;
/// The kind for what the HTTP layer refuses by status.
[[nodiscard]] error_kind kind_of_status(unsigned status) noexcept;
/// What the library refuses, as the contract calls it.
[[nodiscard]] error error_from(credcache::failure failure);

/// Writes the whole response up to finish(), which the connection calls.
void write_error(http::response& out, const error& what);

}  // namespace credcached::api
