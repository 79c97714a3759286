// THE table of errors: kind, status, errorType, what a person can do next, and the exit code of the command line.
//
// Details are sentences for the caller and never hold a value. A 5xx says nothing about the reason; the log does.
//
// Thread safety: a plain value and pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/error.hpp"
#include "http/response.hpp"

namespace credcached::api {

enum class error_kind : std::uint8_t {
  parameters_invalid,       ///< malformed JSON, wrong type, unknown member, missing query parameter
  unprocessable,            ///< missing, null or blank field; unknown csp or type in query or path
  plugin_not_found,         ///< the csp is not active
  capability_not_found,     ///< no such definition or site
  variables_not_complete,   ///< a mandatory variable that no source fills
  no_definition_available,  ///< OpenAPI link for a type without definition
  credentials_not_found,    ///< nothing cached and nothing in the other sources
  expires_too_soon,         ///< less life left than minTtl
  several_found,            ///< several profiles are cached and none was named
  already_exists,           ///< there is such a credential, and If-None-Match asked to leave it
  resource_not_found,
  method_not_allowed,
  request_timeout,  ///< the request did not come in time
  payload_too_large,
  unsupported_media_type,
  expectation_failed,
  header_too_large,
  unauthorized,
  access_denied,
  too_many_requests,
  capacity_exceeded,  ///< cache, connections or memory for requests used up, or out of memory
  upstream_timeout,   ///< a waiting handler took too long
  internal,
};
inline constexpr std::size_t error_kinds = static_cast<std::size_t>(error_kind::internal) + 1;

/// What a person at a terminal can do next. The command line turns it into a sentence that names the csp.
enum class next_step : std::uint8_t {
  none,
  add,
  explain,
  name_profile,
  renew,
  see_list,
  see_status,
  see_capabilities,
  ask_admin,
  retry,
  see_log
};

struct error_row {
  error_kind kind;
  unsigned status;
  std::string_view error_type;
  next_step hint;
  int exit_code;                 ///< see docs/cli.md
  std::string_view advice = {};  ///< a sentence behind those of the library, which knows no daemon
};
[[nodiscard]] const error_row& row_of(error_kind kind) noexcept;
/// The row of an answer, by its status and errorType.
[[nodiscard]] const error_row& row_of(unsigned status, std::string_view error_type) noexcept;

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

/// The kind for what the HTTP layer refuses by status.
[[nodiscard]] error_kind kind_of_status(unsigned status) noexcept;
/// What the library refuses, as the contract calls it, with the advice of its row.
[[nodiscard]] error error_from(credcache::failure failure);

/// Writes an error in the form of the contract, up to finish().
void write_error(http::response& out, const error& error);

/// The whole response with which a connection over a limit is refused, before anybody has asked anything.
[[nodiscard]] std::string connection_refusal(credcache::wall_time now);

}  // namespace credcached::api
