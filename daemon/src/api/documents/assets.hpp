// Files of daemon/assets that are compiled in. The text lives as long as the program.
#pragma once

#include <string_view>

namespace credcached::api {

/// The whole contract as OpenAPI 3.1 (JSON).
[[nodiscard]] std::string_view openapi_contract() noexcept;

/// The style of the pages about credentials.
[[nodiscard]] std::string_view credential_page_style() noexcept;

/// What a Content-Security-Policy allows that style by: its SHA-256. A test holds it against the file.
inline constexpr std::string_view credential_page_style_hash = "sha256-K7EtP67jfHAVZi7WFnG6x5l2r0Xy+80TyMABYHee1hM=";

}  // namespace credcached::api
