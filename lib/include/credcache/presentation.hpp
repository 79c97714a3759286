// What a request carries that presents a joined credential.
//
// Thread safety: pure functions.
// Ownership:     a presentation owns its secret; `how` points into the catalog of the resolution it was made from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "credcache/resolution.hpp"
#include "credcache/result.hpp"
#include "credcache/secret.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

struct presentation {
  const authentication* how = nullptr;  ///< null: the credential's definition does not say how it is presented
  secret_buffer value{};                ///< of the header field, the parameter or the cookie; a parameter not encoded
  std::vector<std::string> hosts{};     ///< the only ones that may see it

  [[nodiscard]] bool is_for(std::string_view host) const noexcept;
};

/// How a request carries what was resolved. error::invalid_value if the values cannot be carried so: control characters, a
/// colon in a user name (RFC 7617, 2), or a variable that names no host.
[[nodiscard]] result<presentation> present(const resolution& resolved);

}  // namespace credcache::inline v1
#pragma GCC visibility pop
