#include "api/error.hpp"

#include <utility>

#include "json/json_writer.hpp"

namespace credcached::api {
namespace {

struct row {
  error_kind kind;
  unsigned status;
  std::string_view error_type;
};

constexpr row table[] = {
    {error_kind::parameters_invalid, 400, "Parameters Invalid"},
    {error_kind::unprocessable, 422, "Unprocessable Entity"},
    {error_kind::plugin_not_found, 400, "Plugin Not Found"},
    {error_kind::capability_not_found, 400, "Credential Capability Not Found"},
    {error_kind::variables_not_complete, 400, "Credential Variables Not Complete"},
    {error_kind::no_definition_available, 400, "No Credential Definition Available"},
    {error_kind::credentials_not_found, 404, "Credentials Not Found"},
    {error_kind::expires_too_soon, 409, "Credential Expires Too Soon"},
    {error_kind::resource_not_found, 404, "Resource Not Found"},
    {error_kind::method_not_allowed, 405, "Method Not Allowed"},
    {error_kind::request_timeout, 408, "Request Timeout"},
    {error_kind::payload_too_large, 413, "Payload Too Large"},
    {error_kind::unsupported_media_type, 415, "Unsupported Media Type"},
    {error_kind::expectation_failed, 417, "Expectation Failed"},
    {error_kind::header_too_large, 431, "Header Too Large"},
    {error_kind::unauthorized, 401, "Unauthorized"},
    {error_kind::access_denied, 403, "Access Denied"},
    {error_kind::too_many_requests, 429, "Too Many Requests"},
    {error_kind::capacity_exceeded, 503, "Capacity Exceeded"},
    {error_kind::internal, 500, "Internal Error"},
};

const row& row_of(error_kind kind) noexcept {
  for (const row& r : table) {
    if (r.kind == kind) return r;
  }
  return table[std::size(table) - 1];
}

error_kind kind_of(credcache::error code) noexcept {
  using credcache::error;
  switch (code) {
    case error::unknown_csp:
    case error::unknown_variable:
    case error::invalid_value:
      return error_kind::parameters_invalid;
    case error::duplicate_variable:
    case error::lifetime_out_of_range:
      return error_kind::unprocessable;
    case error::csp_not_active:
      return error_kind::plugin_not_found;
    case error::capability_not_found:
      return error_kind::capability_not_found;
    case error::variables_not_complete:
      return error_kind::variables_not_complete;
    case error::credentials_not_found:
      return error_kind::credentials_not_found;
    case error::expires_too_soon:
      return error_kind::expires_too_soon;
    case error::owner_full:
    case error::cache_full:
      return error_kind::capacity_exceeded;
  }
  return error_kind::internal;
}

/// What a caller is told to wait when the cache is full: nobody knows better than that entries die all the time.
constexpr std::chrono::seconds wait_for_room{30};

}  // namespace

unsigned status_of(error_kind kind) noexcept {
  return row_of(kind).status;
}
std::string_view error_type_of(error_kind kind) noexcept {
  return row_of(kind).error_type;
}

error_kind kind_of_status(unsigned status) noexcept {
  for (const row& r : table) {
    if (r.status == status) return r.kind;
  }
  return error_kind::internal;
}

error error_from(credcache::failure failure) {
  error what(kind_of(failure.code), std::move(failure.details));
  if (what.kind == error_kind::expires_too_soon) what.remaining = failure.remaining;
  if (what.kind == error_kind::capacity_exceeded) what.retry_after = wait_for_room;
  return what;
}

void write_error(http::response& out, const error& what) {
  const row& r = row_of(what.kind);
  out.start(r.status, "application/json");
  if (what.retry_after) out.field("Retry-After", std::to_string(what.retry_after->count()));
  if (!what.allow.empty()) out.field("Allow", what.allow);
  if (what.kind == error_kind::unauthorized) out.field("WWW-Authenticate", "Bearer realm=\"credcached\"");
  json::json_writer json(out.body());
  json.begin_object().key("errorType").string(r.error_type).key("details").strings(what.details);
  if (what.remaining) json.key("remaining").number(what.remaining->count());
  json.end_object();
}

}  // namespace credcached::api
