// The steps that a request passes before its handler, in their order.
//
// Each of them reads what the ones before have found out from the context and adds its own. True: the request may go on.
// False: the step has written the answer, mostly a refusal.
//
// Thread safety: pure functions over one context.
#pragma once

#include <array>

#include "api/request_context.hpp"

namespace credcached::api {

using step = bool (*)(request_context&);

[[nodiscard]] bool read_target(request_context& context);
[[nodiscard]] bool refuse_foreign(request_context& context);
[[nodiscard]] bool answer_preflight(request_context& context);
[[nodiscard]] bool find_caller(request_context& context);
[[nodiscard]] bool limit_rate(request_context& context);
[[nodiscard]] bool check_served(request_context& context);
[[nodiscard]] bool check_route(request_context& context);
[[nodiscard]] bool find_owner(request_context& context);
[[nodiscard]] bool check_access(request_context& context);
[[nodiscard]] bool check_parameters(request_context& context);
[[nodiscard]] bool check_body(request_context& context);

/// The route is looked up with the target, because it says how its callers are authenticated; that there is none is said
/// only to callers who are served.
inline constexpr std::array<step, 11> steps{read_target,  refuse_foreign,   answer_preflight, find_caller,
                                            limit_rate,   check_served,     check_route,      find_owner,
                                            check_access, check_parameters, check_body};

}  // namespace credcached::api
