// Flags of serve and check-config → settings: the file first, then the flags over it.
//
// Failure:       config_error.
#pragma once

#include "cli/verbs.hpp"
#include "config/settings.hpp"

namespace credcached::cli {

[[nodiscard]] config::settings settings_of(const serve_options& flags);

}  // namespace credcached::cli
