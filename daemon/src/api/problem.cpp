#include "api/problem.hpp"

#include <utility>

#include "api/json_writer.hpp"

namespace credcached::api {
namespace {

struct row {
  problem_kind kind;
  unsigned status;
  std::string_view error_type;
};

constexpr row table[] = {
    {problem_kind::parameters_invalid, 400, "Parameters Invalid"},
    {problem_kind::unprocessable, 422, "Unprocessable Entity"},
    {problem_kind::plugin_not_found, 400, "Plugin Not Found"},
    {problem_kind::capability_not_found, 400, "Credential Capability Not Found"},
    {problem_kind::variables_not_complete, 400, "Credential Variables Not Complete"},
    {problem_kind::no_definition_available, 400, "No Credential Definition Available"},
    {problem_kind::credentials_not_found, 404, "Credentials Not Found"},
    {problem_kind::expires_too_soon, 409, "Credential Expires Too Soon"},
    {problem_kind::resource_not_found, 404, "Resource Not Found"},
    {problem_kind::method_not_allowed, 405, "Method Not Allowed"},
    {problem_kind::request_timeout, 408, "Request Timeout"},
    {problem_kind::payload_too_large, 413, "Payload Too Large"},
    {problem_kind::unsupported_media_type, 415, "Unsupported Media Type"},
    {problem_kind::expectation_failed, 417, "Expectation Failed"},
    {problem_kind::header_too_large, 431, "Header Too Large"},
    {problem_kind::unauthorized, 401, "Unauthorized"},
    {problem_kind::access_denied, 403, "Access Denied"},
    {problem_kind::too_many_requests, 429, "Too Many Requests"},
    {problem_kind::capacity_exceeded, 503, "Capacity Exceeded"},
    {problem_kind::internal, 500, "Internal Error"},
};

const row& row_of(problem_kind kind) noexcept {
  for (const row& r : table) {
    if (r.kind == kind) return r;
  }
  return table[std::size(table) - 1];
}

problem_kind kind_of(credcache::error code) noexcept {
  using credcache::error;
  switch (code) {
    case error::unknown_csp:
    case error::unknown_variable:
    case error::invalid_value:
      return problem_kind::parameters_invalid;
    case error::duplicate_variable:
    case error::lifetime_out_of_range:
      return problem_kind::unprocessable;
    case error::csp_not_active:
      return problem_kind::plugin_not_found;
    case error::capability_not_found:
      return problem_kind::capability_not_found;
    case error::variables_not_complete:
      return problem_kind::variables_not_complete;
    case error::credentials_not_found:
      return problem_kind::credentials_not_found;
    case error::expires_too_soon:
      return problem_kind::expires_too_soon;
    case error::owner_full:
    case error::cache_full:
      return problem_kind::capacity_exceeded;
  }
  return problem_kind::internal;
}

/// What a caller is told to wait when the cache is full: nobody knows better than that entries die all the time.
constexpr std::chrono::seconds wait_for_room{30};

}  // namespace

unsigned status_of(problem_kind kind) noexcept {
  return row_of(kind).status;
}
std::string_view error_type_of(problem_kind kind) noexcept {
  return row_of(kind).error_type;
}

problem_kind kind_of_status(unsigned status) noexcept {
  for (const row& r : table) {
    if (r.status == status) return r.kind;
  }
  return problem_kind::internal;
}

problem problem_of(credcache::failure failure) {
  problem what(kind_of(failure.code), std::move(failure.details));
  if (what.kind == problem_kind::expires_too_soon) what.remaining = failure.remaining;
  if (what.kind == problem_kind::capacity_exceeded) what.retry_after = wait_for_room;
  return what;
}

void write_problem(http::response& out, const problem& what) {
  const row& r = row_of(what.kind);
  out.start(r.status, "application/json");
  if (what.retry_after) out.field("Retry-After", std::to_string(what.retry_after->count()));
  if (!what.allow.empty()) out.field("Allow", what.allow);
  if (what.kind == problem_kind::unauthorized) out.field("WWW-Authenticate", "Bearer realm=\"credcached\"");
  json_writer json(out.body());
  json.begin_object().key("errorType").string(r.error_type).key("details").strings(what.details);
  if (what.remaining) json.key("remaining").number(what.remaining->count());
  json.end_object();
}

}  // namespace credcached::api
