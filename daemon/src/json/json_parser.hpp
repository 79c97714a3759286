// Reads JSON whose objects have no member twice: RFC 8259, 4, leaves open which one counts, and readers differ.
//
// Thread safety: a pure function. Failure: std::bad_alloc.
#pragma once

#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace credcached::json {

/// Reads `text` into `into`, which lives in `memory`. What it needs meanwhile comes from the stack, which it wipes, and from
/// `scratch`. What is wrong with the text, without a full stop; nothing if nothing is. `max_depth`: of nested values.
[[nodiscard]] std::optional<std::string> parse(std::string_view text, std::size_t max_depth,
                                               boost::json::memory_resource* scratch,
                                               const boost::json::storage_ptr& memory, boost::json::value& into);

}  // namespace credcached::json
