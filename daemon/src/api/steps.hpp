// The steps that a request passes before its handler, in their order.
//
// Each of them reads what the ones before have found out from the context and adds its own. It returns the error that
// refuses the request, or nothing; one that has written a response (a preflight) ends the way as well.
//
// Thread safety: pure functions over one context.
#pragma once

#include <array>
#include <optional>

#include "api/request_context.hpp"

namespace credcached::api {

using step = std::optional<error> (*)(request_context&);

[[nodiscard]] std::optional<error> read_target(request_context& context);
[[nodiscard]] std::optional<error> refuse_foreign(request_context& context);
[[nodiscard]] std::optional<error> answer_preflight(request_context& context);
[[nodiscard]] std::optional<error> find_caller(request_context& context);
[[nodiscard]] std::optional<error> limit_rate(request_context& context);
[[nodiscard]] std::optional<error> check_served(request_context& context);
[[nodiscard]] std::optional<error> check_route(request_context& context);
[[nodiscard]] std::optional<error> find_owner(request_context& context);
[[nodiscard]] std::optional<error> check_access(request_context& context);
[[nodiscard]] std::optional<error> check_body(request_context& context);

/// The route is looked up with the target, because it says how its callers are authenticated; that there is none is said
/// only to callers who are served.
inline constexpr std::array<step, 10> steps{read_target,  refuse_foreign, answer_preflight, find_caller,  limit_rate,
                                            check_served, check_route,    find_owner,       check_access, check_body};

}  // namespace credcached::api
