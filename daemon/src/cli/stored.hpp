// What add says when it is done.
//
// Thread safety: pure function.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace credcached::cli {

/// "replaced aws of alice, expires in 1 h (13:44 UTC)": `told` is the daemon's answer. The profile stands behind the csp,
/// then the site unless it is `default`, then `name`, which is given if the csp has several definitions.
[[nodiscard]] std::string stored_text(const boost::json::value& told, std::string_view name);

}  // namespace credcached::cli
