// What every value must be, and how the regular expression of a variable definition is made, for the loader. Matching
// is variable_definition::accepts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "credcache/provider_definition.hpp"

namespace credcache::inline v1 {

/// Throws std::invalid_argument that says why if `pattern` is not a regular expression (Perl syntax).
[[nodiscard]] std::shared_ptr<const variable_definition::compiled_pattern> compile_pattern(const std::string& pattern);

/// Empty if `value` is text that every format can hand out, else "found …, expected …".
[[nodiscard]] std::string complaint_about_text(std::string_view value);

}  // namespace credcache::inline v1
