// The part of the configuration file that is called outgoing.
//
// Thread safety: pure functions of their input.
// Failure:       credcache::yaml_error, with the place in the file.
#pragma once

#include <string_view>
#include <vector>

#include "base/yaml.hpp"
#include "config/outgoing.hpp"

namespace credcached::config {

void read_outgoing(const credcache::yaml_value& map, outgoing& into);

/// The keys it has.
[[nodiscard]] std::vector<std::string_view> outgoing_key_names();

}  // namespace credcached::config
