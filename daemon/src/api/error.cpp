#include "api/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "json/json_writer.hpp"

namespace credcached::api {
namespace {

// In the order of error_kind.
constexpr std::array<error_row, error_kinds> error_table{{
    {error_kind::parameters_invalid, 400, "Parameters Invalid", next_step::none, 1},
    {error_kind::unprocessable, 422, "Unprocessable Entity", next_step::none, 1},
    {error_kind::plugin_not_found, 400, "Plugin Not Found", next_step::see_status, 1,
     "Set what is missing under environment in the daemon's configuration, and reload it."},
    {error_kind::capability_not_found, 400, "Credential Capability Not Found", next_step::see_capabilities, 1},
    {error_kind::variables_not_complete, 400, "Credential Variables Not Complete", next_step::explain, 1,
     "What is no secret, such as a URL, may also be set under environment in the daemon's configuration, which is "
     "reloaded then."},
    {error_kind::no_definition_available, 400, "No Credential Definition Available", next_step::none, 1},
    {error_kind::credentials_not_found, 404, "Credentials Not Found", next_step::add, 4},
    {error_kind::expires_too_soon, 409, "Credential Expires Too Soon", next_step::renew, 5},
    {error_kind::several_found, 409, "Several Credentials Found", next_step::name_profile, 1},
    {error_kind::already_exists, 412, "Credential Already Exists", next_step::see_list, 6},
    {error_kind::resource_not_found, 404, "Resource Not Found", next_step::none, 1},
    {error_kind::method_not_allowed, 405, "Method Not Allowed", next_step::none, 1},
    {error_kind::request_timeout, 408, "Request Timeout", next_step::none, 1},
    {error_kind::payload_too_large, 413, "Payload Too Large", next_step::none, 1},
    {error_kind::unsupported_media_type, 415, "Unsupported Media Type", next_step::none, 1},
    {error_kind::expectation_failed, 417, "Expectation Failed", next_step::none, 1},
    {error_kind::header_too_large, 431, "Header Too Large", next_step::none, 1},
    {error_kind::unauthorized, 401, "Unauthorized", next_step::ask_admin, 1},
    {error_kind::access_denied, 403, "Access Denied", next_step::ask_admin, 1},
    {error_kind::too_many_requests, 429, "Too Many Requests", next_step::retry, 1},
    {error_kind::capacity_exceeded, 503, "Capacity Exceeded", next_step::retry, 1},
    {error_kind::upstream_timeout, 504, "Upstream Timeout", next_step::see_log, 1},
    {error_kind::internal, 500, "Internal Error", next_step::see_log, 1},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < error_table.size(); ++i) {
    if (error_table[i].kind != static_cast<error_kind>(i)) return false;
  }
  return true;
}
static_assert(is_in_order());

error_kind kind_of(credcache::error code) noexcept {
  using enum credcache::error;
  switch (code) {
    case invalid_owner:
    case empty_removal:
    case unknown_csp:
    case unknown_variable:
    case invalid_value:
      return error_kind::parameters_invalid;
    case duplicate_variable:
    case not_text:
    case invalid_lifetime:
      return error_kind::unprocessable;
    case csp_not_active:
      return error_kind::plugin_not_found;
    case capability_not_found:
      return error_kind::capability_not_found;
    case variables_not_complete:
      return error_kind::variables_not_complete;
    case credentials_not_found:
      return error_kind::credentials_not_found;
    case several_found:
      return error_kind::several_found;
    case expires_too_soon:
      return error_kind::expires_too_soon;
    case already_cached:
      return error_kind::already_exists;
    case owner_full:
    case cache_full:
      return error_kind::capacity_exceeded;
  }
  return error_kind::internal;
}

/// What a caller is told to wait when the cache is full: entries die all the time, nobody knows which one next.
constexpr std::chrono::seconds wait_for_room{30};

}  // namespace

const error_row& row_of(error_kind kind) noexcept {
  return error_table[static_cast<std::size_t>(kind)];
}

const error_row& row_of(unsigned status, std::string_view error_type) noexcept {
  const auto by_type =
      std::ranges::find_if(error_table, [&](const error_row& row) { return row.error_type == error_type; });
  return by_type != error_table.end() ? *by_type : row_of(kind_of_status(status));
}

error_kind kind_of_status(unsigned status) noexcept {
  const auto row = std::ranges::find(error_table, status, &error_row::status);
  return row == error_table.end() ? error_kind::internal : row->kind;
}

error error_from(credcache::failure failure) {
  error result(kind_of(failure.code), std::move(failure.details));
  if (const std::string_view advice = row_of(result.kind).advice; !advice.empty()) result.details.emplace_back(advice);
  if (result.kind == error_kind::expires_too_soon) result.remaining = failure.remaining;
  if (result.kind == error_kind::capacity_exceeded) result.retry_after = wait_for_room;
  return result;
}

void write_error(http::response& out, const error& error) {
  const error_row& row = row_of(error.kind);
  out.start(row.status, "application/json");
  if (error.retry_after) out.field("Retry-After", std::to_string(error.retry_after->count()));
  if (!error.allow.empty()) out.field("Allow", error.allow);
  if (error.kind == error_kind::unauthorized) out.field("WWW-Authenticate", "Bearer realm=\"credcached\"");
  json::json_writer json(out.body());
  json.begin_object().key("errorType").string(row.error_type).key("details").strings(error.details);
  if (error.remaining) json.key("remaining").number(error.remaining->count());
  json.end_object();
}

std::string connection_refusal(credcache::wall_time now) {
  error refusal(error_kind::capacity_exceeded, "There are as many connections as the limits of this daemon allow.");
  refusal.retry_after = std::chrono::seconds{1};
  credcache::secret_buffer bytes;
  http::response_heads heads;
  heads.make(now);
  http::response out;
  out.reset(bytes, heads);
  out.close = true;
  write_error(out, refusal);
  out.finish(false);
  return std::string(bytes.reveal());
}

}  // namespace credcached::api
