// The main() of a daemon with a route table of the test's own: `serve` as the real executable takes it, and no other verb.
#pragma once

#include <cstdio>
#include <exception>
#include <span>
#include <variant>

#include "cli/command_line.hpp"
#include "cli/serve_settings.hpp"
#include "server/serve.hpp"

namespace credcached::testing {

inline int serve_routes(int argc, char** argv, std::span<const api::route> routes) {
  try {
    const auto parsed = cli::parse_command_line(argc, argv);
    if (const auto* finished = std::get_if<cli::finished>(&parsed)) return finished->code;
    const auto& options = std::get<cli::serve_options>(std::get<cli::verb>(parsed));
    return server::serve([&options] { return cli::settings_of(options); }, routes);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  }
}

}  // namespace credcached::testing
