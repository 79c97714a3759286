// The daemon as one call.
#pragma once

#include "config/settings.hpp"

namespace credcached::application {

/// Runs until SIGTERM or SIGINT and returns the exit code. Throws std::exception for what is wrong at start.
int serve(const config::settings& settings);

}  // namespace credcached::application
