// The daemon as one call.
#pragma once

#include <functional>
#include <span>

#include "api/routes.hpp"
#include "config/settings.hpp"

namespace credcached::server {

/// Runs until SIGTERM or SIGINT and returns the exit code: 0, or 2 after one line on standard error if it could not
/// start. `load` gives the settings, at the start and again for every SIGHUP; it may throw.
/// `routes` is what is served.
int serve(const std::function<config::settings()>& load, std::span<const api::route> routes = api::routes());

}  // namespace credcached::server
