// What makes it uncertain where a request ends or what its header says: such a request is refused and its connection
// closed, so that nobody in between reads the bytes behind it in another way than this server (request smuggling).
//
// Thread safety: a pure function.
// Source:        RFC 9112, 3.2 (Host), 6.1 and 6.3 (Transfer-Encoding); RFC 9110, 5.3 (repeated fields).
#pragma once

#include <optional>
#include <string>

#include "http/request.hpp"

namespace credcached::http {

/// The fault of a complete header, one sentence; nothing if it has none.
[[nodiscard]] std::optional<std::string> framing_fault(const request& r);

}  // namespace credcached::http
