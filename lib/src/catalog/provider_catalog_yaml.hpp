// One provider definition file as a value: what provider_catalog::load() puts together.
#pragma once

#include "credcache/provider_catalog.hpp"

namespace credcache::inline v1 {

struct parsed_definition {
  csp_definition csp;             ///< without its indices
  std::string csp_position;       ///< "FILE:LINE:COLUMN" of the csp's name
  std::string constant_position;  ///< the same of its constant
};

/// Reads and checks one file as far as one file goes. Throws catalog_error; no input makes it throw anything else but
/// std::bad_alloc.
[[nodiscard]] parsed_definition parse_definition(const definition_file& file);

}  // namespace credcache::inline v1
